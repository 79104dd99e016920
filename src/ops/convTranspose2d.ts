// convTranspose2d: the transpose of a convolution, which spreads each input over a window of outputs.
//
// It is what a convolution's gradient does to dy, so it is that: the same kernels, and the same gradients.

import { ShapeError, UsageError } from "../base/errors.ts";
import type { Spec, Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { printShape, requireRank } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { conv2dInputGradient } from "./conv2dInputGradient.ts";
import type { Conv2dAttrs } from "./conv2dShape.ts";
import { reshape } from "./reshape.ts";
import { type Pair, requirePair, type Window } from "./window.ts";

/** How the window moves over the output. Pairs are [y, x]. */
export interface ConvTranspose2dOptions<T extends Value> {
  /** [channels out], added to every position. */
  readonly bias?: T;
  /** Steps in the output between neighbours of the input. Default 1. */
  readonly stride?: Pair;
  /** Rows and columns left out at each side of the output. Default 0. */
  readonly padding?: Pair;
  /** Rows and columns added at the lower and right side, below the stride or the dilation. Default 0. */
  readonly outputPadding?: Pair;
  /** Distance between taps. Default 1. */
  readonly dilation?: Pair;
  /** Channels are cut into so many groups that do not see each other. Default 1. */
  readonly groups?: number;
}

/**
 * The transpose of `conv2d` with the same weight and geometry. x: [batch, channels in, height, width], w: [channels in,
 * channels out / groups, kernel height, kernel width], f32 or f16; y: [batch, channels out, height', width'] with
 * height' = (height - 1) stride - 2 padding + dilation (kernel - 1) + outputPadding + 1.
 * Throws ShapeError, DtypeError or UsageError where they do not fit. Source: torch.nn.functional.conv_transpose2d.
 */
export function convTranspose2d<T extends Value>(x: T, w: T, options: ConvTranspose2dOptions<T> = {}): T {
  const attrs = requireConvTranspose2d(x, w, options);
  const y = conv2dInputGradient(x, w, attrs);
  const { bias } = options;
  if (bias === undefined) return y;
  const channelsOut = attrs.input[1];
  if (bias.shape.length !== 1 || bias.shape[0] !== channelsOut) {
    throw new ShapeError(
      `convTranspose2d: bias is ${printShape(bias.shape)}; it must be [${channelsOut}], a number for each channel out.`,
    );
  }
  return add(y, reshape(bias, [1, channelsOut, 1, 1]));
}

/** The geometry of the convolution whose transpose this is: its output is our x. */
function requireConvTranspose2d(x: Spec, w: Spec, options: ConvTranspose2dOptions<Value>): Conv2dAttrs {
  requireRank("convTranspose2d", "x", x.shape, 4, "[batch, channels, height, width]");
  const axes = "[channels in, channels out / groups, kernel height, kernel width]";
  requireRank("convTranspose2d", "w", w.shape, 4, axes);
  requireFloating("convTranspose2d", "x", x.dtype);
  requireFloating("convTranspose2d", "w", w.dtype);
  const { groups = 1 } = options;
  const [batch, channelsIn, height, width] = x.shape;
  if (!Number.isInteger(groups) || groups < 1 || channelsIn % groups !== 0) {
    throw new UsageError(
      `convTranspose2d: ${groups} groups for ${channelsIn} channels in; groups must divide them.`,
    );
  }
  if (w.shape[0] !== channelsIn) {
    throw new ShapeError(
      `convTranspose2d: w ${printShape(w.shape)} takes ${w.shape[0]} channels, x ${printShape(x.shape)} has ${channelsIn}; they must agree.`,
    );
  }
  const window = {
    kernel: requirePair("convTranspose2d", "the kernel size", [w.shape[2], w.shape[3]], 1),
    stride: requirePair("convTranspose2d", "stride", options.stride ?? 1, 1),
    padding: requirePair("convTranspose2d", "padding", options.padding ?? 0, 0),
    dilation: requirePair("convTranspose2d", "dilation", options.dilation ?? 1, 1),
  };
  const sizes = outputSizes([height, width], window, options.outputPadding ?? 0);
  return {
    window,
    groups,
    input: [batch, w.shape[1] * groups, ...sizes],
    weight: [...w.shape],
    output: [...x.shape],
  };
}

function outputSizes(
  input: readonly [number, number],
  { kernel, stride, padding, dilation }: Window,
  outputPadding: Pair,
): [number, number] {
  const added = requirePair("convTranspose2d", "outputPadding", outputPadding, 0);
  const size = (axis: 0 | 1) => {
    const most = Math.max(stride[axis], dilation[axis]) - 1;
    if (added[axis] > most) {
      throw new UsageError(
        `convTranspose2d: outputPadding is ${added[axis]} for stride ${stride[axis]} and dilation ${dilation[axis]}; it must be below one of them, at most ${most}.`,
      );
    }
    const reach = dilation[axis] * (kernel[axis] - 1) + 1;
    const length = (input[axis] - 1) * stride[axis] + reach - 2 * padding[axis] + added[axis];
    if (input[axis] < 1 || length < 1) {
      throw new ShapeError(
        `convTranspose2d: axis ${axis - 2} has ${input[axis]} and would become ${length}; both must be at least 1.`,
      );
    }
    return length;
  };
  return [size(0), size(1)];
}
