// conv2d: y = x * w (cross-correlation), the forward direction.

import { ShapeError, UsageError } from "../base/errors.ts";
import type { Spec, Value } from "../graph/node.ts";
import { conv2dForward } from "../kernels/conv2d.ts";
import { promote, requireFloating } from "../tensor/dtype.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { printShape, requireRank } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { type Conv2dAttrs, conv2dSizes, forEachProduct } from "./conv2dShape.ts";
import { apply, defineKernel } from "./define.ts";
import { reshape } from "./reshape.ts";
import { type Pair, requirePair, windowPositions } from "./window.ts";

/** How the filter moves. Pairs are [y, x]. */
export interface Conv2dOptions<T extends Value> {
  /** [channels out], added to every position. */
  readonly bias?: T;
  /** Default 1. */
  readonly stride?: Pair;
  /** Zeros put around the input. Default 0. */
  readonly padding?: Pair;
  /** Distance between taps. Default 1. */
  readonly dilation?: Pair;
  /** Channels are cut into so many groups that do not see each other. Default 1. */
  readonly groups?: number;
}

const record = defineKernel<Conv2dAttrs>({
  name: "conv2d",
  output: ([x, w], { output }) => ({ shape: output, dtype: promote(x.dtype, w.dtype) }),
  reference([x, w], attrs) {
    const y = hostZeros(attrs.output);
    forEachProduct(attrs, (ix, iw, iy) => {
      y.data[iy] += x.data[ix] * w.data[iw];
    });
    return y;
  },
  gradient({ dy, inputs: [x, w], attrs, o }) {
    return [o.conv2dInputGradient(dy, w, attrs), o.conv2dWeightGradient(dy, x, attrs)];
  },
  dispatch: (_inputs, attrs, device) => conv2dForward(conv2dSizes(attrs), device),
});

/**
 * The cross-correlation of x with w. x: [batch, channels in, height, width], w: [channels out, channels in / groups,
 * kernel height, kernel width], f32 or f16; y: [batch, channels out, oh, ow].
 * Throws ShapeError, DtypeError or UsageError where they do not fit. Source: torch.nn.functional.conv2d.
 */
export function conv2d<T extends Value>(x: T, w: T, options: Conv2dOptions<T> = {}): T {
  const attrs = requireConv2d(x, w, options);
  const y = apply(record, [x, w], attrs);
  const { bias } = options;
  if (bias === undefined) return y;
  if (bias.shape.length !== 1 || bias.shape[0] !== w.shape[0]) {
    throw new ShapeError(
      `conv2d: bias is ${printShape(bias.shape)}; it must be [${w.shape[0]}], a number for each channel out.`,
    );
  }
  return add(y, reshape(bias, [1, w.shape[0], 1, 1]));
}

/** The convolution itself, by attributes that were checked before. */
export function conv2dOf<T extends Value>(x: T, w: T, attrs: Conv2dAttrs): T {
  return apply(record, [x, w], attrs);
}

function requireConv2d(x: Spec, w: Spec, options: Conv2dOptions<Value>): Conv2dAttrs {
  requireRank("conv2d", "x", x.shape, 4, "[batch, channels, height, width]");
  requireRank("conv2d", "w", w.shape, 4, "[channels out, channels in / groups, kernel height, kernel width]");
  requireFloating("conv2d", "x", x.dtype);
  requireFloating("conv2d", "w", w.dtype);
  const { groups = 1 } = options;
  const [batch, channelsIn, height, width] = x.shape;
  const [channelsOut, channelsPerGroup] = w.shape;
  if (!Number.isInteger(groups) || groups < 1 || channelsIn % groups !== 0 || channelsOut % groups !== 0) {
    throw new UsageError(
      `conv2d: ${groups} groups for ${channelsIn} channels in and ${channelsOut} out; groups must divide both.`,
    );
  }
  if (channelsPerGroup * groups !== channelsIn) {
    throw new ShapeError(
      `conv2d: w ${printShape(w.shape)} takes ${channelsPerGroup} channels in each of ${groups} groups, x ${printShape(x.shape)} has ${channelsIn}; they must agree.`,
    );
  }
  const window = {
    kernel: requirePair("conv2d", "the kernel size", [w.shape[2], w.shape[3]], 1),
    stride: requirePair("conv2d", "stride", options.stride ?? 1, 1),
    padding: requirePair("conv2d", "padding", options.padding ?? 0, 0),
    dilation: requirePair("conv2d", "dilation", options.dilation ?? 1, 1),
  };
  const positions = windowPositions("conv2d", [height, width], window);
  return {
    window,
    groups,
    input: [...x.shape],
    weight: [...w.shape],
    output: [batch, channelsOut, ...positions],
  };
}
