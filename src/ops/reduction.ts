// Reductions: any set of axes is brought to the one form that the kernels know, [outer, length, inner] over the middle.
//
// The permute and reshape that this takes are views; the kernels read through them without a copy.

import { ShapeError } from "../base/errors.ts";
import { product, range } from "../base/integers.ts";
import type { Node, Spec, Value } from "../graph/node.ts";
import type { Choices } from "../kernels/choice.ts";
import type { DeviceProfile, Dispatch } from "../kernels/kernel.ts";
import { type ReduceKind, type ReduceSizes, reduce, reduceParts, type ValueKind } from "../kernels/reduce.ts";
import { reduceIntegers } from "../kernels/reduceIntegers.ts";
import { reduceChoices } from "../kernels/rowChoices.ts";
import { isFloating } from "../tensor/dtype.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { normalizeAxes, printShape, type Shape } from "../tensor/shape.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { div } from "./div.ts";
import { equal } from "./equal.ts";
import { mul } from "./mul.ts";
import { permute } from "./permute.ts";
import { reshape } from "./reshape.ts";
import { sum } from "./sum.ts";

/** Which axes are reduced, and whether they stay with size 1. */
export interface AxisOptions {
  /** One axis, several, or all where not given. Negative counts from the end. */
  readonly axis?: number | readonly number[];
  /** Keep reduced axes with size 1, so that the result broadcasts against the input. Default false. */
  readonly keepDims?: boolean;
}

/** Applies `reduceMiddle`, which takes [outer, length, inner] to [outer, inner], to any axes of `x`. */
export function reduceOver<T extends Value>(
  op: string,
  x: T,
  { axis, keepDims = false }: AxisOptions,
  reduceMiddle: (middle: T) => T,
): T {
  const axes = normalizeAxes(op, axis, x.shape.length);
  const kept = range(0, x.shape.length).filter((candidate) => !axes.includes(candidate));
  const isBlock = axes.every((candidate, index) => index === 0 || candidate === axes[index - 1] + 1);
  const first = isBlock && axes.length > 0 ? axes[0] : kept.length;
  const arranged = isBlock ? x : permute(x, [...kept, ...axes]);
  const sizesOf = (list: readonly number[]) => product(list.map((candidate) => x.shape[candidate]));
  const middle = [
    sizesOf(kept.filter((_, index) => index < first)),
    sizesOf(axes),
    sizesOf(kept.filter((_, index) => index >= first)),
  ];
  const shape = keepDims
    ? x.shape.map((size, index) => (axes.includes(index) ? 1 : size))
    : kept.map((index) => x.shape[index]);
  return reshape(reduceMiddle(reshape(arranged, middle)), shape);
}

/** The sizes of a [outer, length, inner] input. */
export function reduceSizes({ shape: [outer, length, inner] }: Spec): ReduceSizes {
  return { outer, length, inner };
}

/** The launch that reduces a [outer, length, inner] input: whole numbers stay exact. */
export function reduceDispatch(kind: ReduceKind, x: Spec, device: DeviceProfile): Dispatch {
  const sizes = reduceSizes(x);
  return isFloating(x.dtype)
    ? reduce(kind, sizes, device)
    : reduceIntegers(kind, sizes, x.dtype === "u32", device);
}

/** What that launch may be chosen from; sums of whole numbers have one kernel. */
export function reducedChoices(kind: ValueKind, x: Spec, device: DeviceProfile): Choices | undefined {
  return isFloating(x.dtype) ? reduceChoices(kind, reduceSizes(x), device) : undefined;
}

/** The shape of its result. */
export function reducedShape({ shape: [outer, , inner] }: Spec): Shape {
  return [outer, inner];
}

/** A reduction of x [outer, length, inner] as two, the first over equal parts; undefined where that does not pay. */
export function reducedInParts(
  x: Node,
  device: DeviceProfile,
  reduceMiddle: (x: Node) => Node,
): Node | undefined {
  const { outer, length, inner } = reduceSizes(x);
  const parts = reduceParts({ outer, length, inner }, device);
  if (parts === 1) return undefined;
  const partials = reduceMiddle(reshape(x, [outer * parts, length / parts, inner]));
  return reduceMiddle(reshape(partials, [outer, parts, inner]));
}

/** `combine` applied to each run along the middle axis. */
export function reduceReference(
  { shape: [outer, length, inner], data }: HostArray,
  combine: (values: Float64Array) => number,
): HostArray {
  const result = hostZeros([outer, inner]);
  for (let row = 0; row < outer; row++) {
    for (let column = 0; column < inner; column++) {
      const values = Float64Array.from({ length }, (_, k) => data[(row * length + k) * inner + column]);
      result.data[row * inner + column] = combine(values);
    }
  }
  return result;
}

/** Throws ShapeError where the reduced axes hold no element, of which there is no extremum. */
export function requireElements(op: string, { shape }: Spec, { axis }: AxisOptions): void {
  const empty = normalizeAxes(op, axis, shape.length).find((candidate) => shape[candidate] === 0);
  if (empty === undefined) return;
  throw new ShapeError(
    `${op}: axis ${empty} of ${printShape(shape)} is empty; it must have at least one element.`,
  );
}

/** dL/dx of y = max x or min x over the middle axis: shared equally by the elements that reach it. */
export function extremumGradient(dy: Node, y: Node, x: Node): Node {
  const [outer, , inner] = x.shape;
  const spread = (row: Node) => broadcastTo(reshape(row, [outer, 1, inner]), x.shape);
  const reaches = cast(equal(x, spread(y)), dy.dtype);
  const ties = sum(reaches, { axis: 1 });
  return mul(reaches, spread(div(dy, ties)));
}
