// maxUnpool1d, maxUnpool2d, maxUnpool3d: what max pooling took, back at its places.

import { ShapeError, UsageError } from "../base/errors.ts";
import { product } from "../base/integers.ts";
import type { Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { requireDtype, requireTensor } from "../tensor/dtype.ts";
import { elementCount, isSameShape, printShape, type Shape } from "../tensor/shape.ts";
import type { PoolOptions } from "./maxPool2d.ts";
import { requireSpatial, requireWindows, type Single, type Sizes, type Triple } from "./poolAxes.ts";
import { reshape } from "./reshape.ts";
import { scatterOf } from "./scatter.ts";
import { requireEach } from "./slidingWindow.ts";
import type { Pair } from "./window.ts";

/** How the windows moved that are undone. */
export interface MaxUnpoolOptions<S extends Sizes> extends Omit<PoolOptions<S>, "ceilMode"> {
  /**
   * The sizes of the result behind its channels, less than a stride from the default: (size - 1) stride - 2 padding +
   * kernel.
   */
  readonly outputSize?: S;
}

/**
 * x at the places that `maxPool1dWithIndices` gave, zeros elsewhere, as `maxUnpool2d` has it. x: [batch, channels, length],
 * f32 or f16. Throws ShapeError, DtypeError or UsageError where they do not fit.
 * Source: torch.nn.functional.max_unpool1d.
 */
export function maxUnpool1d<T extends Value>(
  x: T,
  indices: T,
  kernelSize: Single,
  options: MaxUnpoolOptions<Single> = {},
): T {
  requireTensor("maxUnpool1d", "x", x);
  return unpool("maxUnpool1d", x, indices, 1, kernelSize, options);
}

/**
 * x at the places that `maxPool2dWithIndices` gave, zeros elsewhere. x: [batch, channels, height, width], f32 or f16;
 * indices: x's shape, i32 or u32, places in a plane of the result. Of several elements for one place the last counts; the
 * gradient of each is what stands there. An index outside the plane writes nothing, and has no gradient (PyTorch throws).
 * Throws ShapeError, DtypeError or UsageError where they do not fit. Source: torch.nn.functional.max_unpool2d.
 */
export function maxUnpool2d<T extends Value>(
  x: T,
  indices: T,
  kernelSize: Pair,
  options: MaxUnpoolOptions<Pair> = {},
): T {
  requireTensor("maxUnpool2d", "x", x);
  return unpool("maxUnpool2d", x, indices, 2, kernelSize, options);
}

/**
 * x at the places that `maxPool3dWithIndices` gave, zeros elsewhere, as `maxUnpool2d` has it. x: [batch, channels, depth,
 * height, width], f32 or f16. Throws ShapeError, DtypeError or UsageError where they do not fit.
 * Source: torch.nn.functional.max_unpool3d.
 */
export function maxUnpool3d<T extends Value>(
  x: T,
  indices: T,
  kernelSize: Triple,
  options: MaxUnpoolOptions<Triple> = {},
): T {
  requireTensor("maxUnpool3d", "x", x);
  return unpool("maxUnpool3d", x, indices, 3, kernelSize, options);
}

/** x put back over its last `rank` axes. Throws as `maxUnpool2d`, in the name of `op`. */
export function unpool<T extends Value, S extends Sizes>(
  op: string,
  x: T,
  indices: T,
  rank: number,
  kernelSize: S,
  options: MaxUnpoolOptions<S>,
): T {
  const lengths = requireSpatial(op, x, rank);
  requireDtype(op, "indices", indices, ["i32", "u32"]);
  if (!isSameShape(x.shape, indices.shape)) {
    throw new ShapeError(
      `${op}: x is ${printShape(x.shape)} and indices ${printShape(indices.shape)}; they must have one shape.`,
    );
  }
  const sizes = unpooledSizes(op, lengths, kernelSize, options);
  const channels = product(x.shape.slice(0, 2));
  const lines = [channels, elementCount(lengths)];
  const zeros = x.derive(constantNode(0, x.dtype, [channels, product(sizes)]), [x]);
  const y = scatterOf(zeros, reshape(indices, lines), reshape(x, lines), { axis: 1, isEachAsked: true });
  return reshape(y, [...x.shape.slice(0, 2), ...sizes]);
}

function unpooledSizes<S extends Sizes>(
  op: string,
  lengths: Shape,
  kernelSize: S,
  { outputSize, ...options }: MaxUnpoolOptions<S>,
): number[] {
  const windows = requireWindows(op, lengths.length, kernelSize, options);
  const sizes = windows.map(
    ({ kernel, stride, padding }, axis) => (lengths[axis] - 1) * stride - 2 * padding + kernel,
  );
  if (outputSize === undefined) return sizes;
  const given = requireEach(op, "outputSize", outputSize, lengths.length, 1);
  given.forEach((size, axis) => {
    const { stride } = windows[axis];
    if (Math.abs(size - sizes[axis]) < stride) return;
    throw new UsageError(
      `${op}: outputSize is ${size} for axis ${axis - lengths.length}, whose windows make ${sizes[axis]} at a stride of ` +
        `${stride}; it must be less than that away.`,
    );
  });
  return given;
}
