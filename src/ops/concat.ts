// concat: tensors one after the other along an axis.

import { ShapeError, UsageError } from "../base/errors.ts";
import { product } from "../base/integers.ts";
import type { Spec, Value } from "../graph/node.ts";
import { concat as concatKernel } from "../kernels/concat.ts";
import { forDtype } from "../kernels/forDtype.ts";
import { promote } from "../tensor/dtype.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { normalizeAxis, printShape, type Shape } from "../tensor/shape.ts";
import { apply, defineKernel } from "./define.ts";

interface ConcatAttrs {
  readonly axis: number;
}

function concatSizes(a: Shape, b: Shape, axis: number) {
  const outer = product(a.slice(0, axis));
  return { outer, sizeA: a[axis], sizeB: b[axis], inner: product(a.slice(axis + 1)) };
}

function joined(a: Shape, b: Shape, axis: number): Shape {
  return a.map((size, index) => (index === axis ? size + b[index] : size));
}

const record = defineKernel<ConcatAttrs>({
  name: "concat",
  output: ([a, b], { axis }) => ({ shape: joined(a.shape, b.shape, axis), dtype: promote(a.dtype, b.dtype) }),
  reference([a, b], { axis }) {
    const { outer, sizeA, sizeB, inner } = concatSizes(a.shape, b.shape, axis);
    const y = hostZeros(joined(a.shape, b.shape, axis));
    const rowA = sizeA * inner;
    const rowB = sizeB * inner;
    for (let row = 0; row < outer; row++) {
      y.data.set(a.data.subarray(row * rowA, (row + 1) * rowA), row * (rowA + rowB));
      y.data.set(b.data.subarray(row * rowB, (row + 1) * rowB), row * (rowA + rowB) + rowA);
    }
    return y;
  },
  gradient({ dy, inputs: [a], attrs: { axis }, o }) {
    const at = (value: number) => dy.shape.map((_, index) => (index === axis ? value : undefined));
    const border = a.shape[axis];
    return [o.slice(dy, { ends: at(border) }), o.slice(dy, { starts: at(border) })];
  },
  dispatch: ([a, b], { axis }, device) =>
    forDtype(concatKernel(concatSizes(a.shape, b.shape, axis), device), promote(a.dtype, b.dtype)),
});

/** All of `list` along `axis` (default 0). Throws where there is none, or ShapeError where other sizes differ. Source: torch.cat. */
export function concat<T extends Value>(
  list: readonly T[],
  { axis = 0 }: { readonly axis?: number } = {},
): T {
  if (list.length === 0) throw new UsageError("concat: the list is empty; it must hold at least one tensor.");
  const along = normalizeAxis("concat", axis, list[0].shape.length);
  for (const x of list) requireFitting(list[0], x, along);
  return joinRange(list, 0, list.length, along);
}

/** Halves first, so that each element is copied log2(n) times at the most. */
function joinRange<T extends Value>(list: readonly T[], from: number, to: number, axis: number): T {
  if (to - from === 1) return list[from];
  const middle = (from + to) >> 1;
  return apply(record, [joinRange(list, from, middle, axis), joinRange(list, middle, to, axis)], { axis });
}

function requireFitting(first: Spec, x: Spec, axis: number): void {
  const isFitting =
    x.shape.length === first.shape.length &&
    x.shape.every((size, index) => index === axis || size === first.shape[index]);
  if (isFitting) return;
  throw new ShapeError(
    `concat: ${printShape(first.shape)} and ${printShape(x.shape)} do not fit; all sizes but that of axis ${axis} must be equal.`,
  );
}
