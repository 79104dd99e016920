// gather: elements picked along one axis by an index tensor; and its gradient, which adds them back in a fixed order.

import { ShapeError } from "../base/errors.ts";
import { product } from "../base/integers.ts";
import type { Value } from "../graph/node.ts";
import { forDtype } from "../kernels/forDtype.ts";
import {
  gatherGradient as gatherGradientKernel,
  gatherGradientSorted,
  gather as gatherKernel,
  isGatherGradientSorted,
} from "../kernels/gather.ts";
import { requireDtype, requireTensor } from "../tensor/dtype.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { normalizeAxis, printShape, type Shape } from "../tensor/shape.ts";
import { cast } from "./cast.ts";
import { apply, defineKernel, type KernelOp, makeNode } from "./define.ts";
import { greaterEqual } from "./greaterEqual.ts";
import { less } from "./less.ts";
import { mul } from "./mul.ts";
import { rowsAlong } from "./rowsAlong.ts";
import { slice } from "./slice.ts";
import { orderOfRows } from "./sortOrder.ts";
import { where } from "./where.ts";

interface GatherAttrs {
  readonly axis: number;
}

interface ScatterAttrs extends GatherAttrs {
  readonly size: number;
}

function gatherSizes(index: Shape, size: number, axis: number) {
  return {
    outer: product(index.slice(0, axis)),
    size,
    count: index[axis],
    inner: product(index.slice(axis + 1)),
  };
}

const gatherRecord = defineKernel<GatherAttrs>({
  name: "gather",
  output: ([x, index]) => ({ shape: index.shape, dtype: x.dtype }),
  reference([x, index], { axis }) {
    const y = hostZeros(index.shape);
    forEachPick(index.shape, x.shape[axis], axis, (place, source) => {
      const row = index.data[place];
      y.data[place] = row >= 0 && row < x.shape[axis] ? x.data[source(row)] : Number.NaN;
    });
    return y;
  },
  gradient: ({ dy, inputs: [x, index], attrs: { axis } }) => [
    gatherGradient(dy, index, { axis, size: x.shape[axis] }),
  ],
  dispatch: ([x, index], { axis }, device) =>
    forDtype(gatherKernel(gatherSizes(index.shape, x.shape[axis], axis), device), x.dtype),
});

const gradientRecord: KernelOp<ScatterAttrs> = defineKernel<ScatterAttrs>({
  name: "gatherGradient",
  output: ([dy], { axis, size }) => ({
    shape: dy.shape.map((old, at) => (at === axis ? size : old)),
    dtype: dy.dtype,
  }),
  reference([dy, index], { axis, size }) {
    const dx = hostZeros(dy.shape.map((old, at) => (at === axis ? size : old)));
    forEachPick(index.shape, size, axis, (place, source) => {
      const row = index.data[place];
      if (row >= 0 && row < size) dx.data[source(row)] += dy.data[place];
    });
    return dx;
  },
  gradient({ dy, inputs: [, index], attrs: { axis, size } }) {
    // What is added nowhere has no effect; to pick it would give NaN.
    const isInside = cast(mul(greaterEqual(index, 0), less(index, size)), "bool");
    return [where(isInside, gather(dy, index, { axis }), 0)];
  },
  dispatch: ([dy, index], { axis, size }, device) =>
    forDtype(gatherGradientKernel(gatherSizes(index.shape, size, axis), device), dy.dtype),
  expand({ inputs: [dy, index], attrs: { axis, size }, device }) {
    if (!isGatherGradientSorted(gatherSizes(index.shape, size, axis), device)) return undefined;
    const { rows, restore } = rowsAlong("gatherGradient", dy, axis);
    const order = orderOfRows(rowsAlong("gatherGradient", cast(index, "i32"), axis).rows);
    return restore(makeNode(sortedRecord, [rows, order], { size }));
  },
});

/** The gradient of rows, dy [rows, count], from the order of their indices, i32 [2, rows, count]. */
const sortedRecord = defineKernel<{ readonly size: number }>({
  name: "gatherGradientSorted",
  output: ([dy], { size }) => ({ shape: [dy.shape[0], size], dtype: dy.dtype }),
  reference([dy, order], { size }) {
    const [rows, count] = dy.shape;
    const dx = hostZeros([rows, size]);
    for (let at = 0; at < rows * count; at++) {
      const row = Math.floor(at / count);
      const s = order.data[at];
      if (s >= 0 && s < size) dx.data[row * size + s] += dy.data[row * count + order.data[rows * count + at]];
    }
    return dx;
  },
  dispatch: ([{ shape, dtype }], { size }, device) =>
    forDtype(gatherGradientSorted({ rows: shape[0], size, count: shape[1] }, device), dtype),
});

/** Calls `visit` for each element of the index tensor with its place, and where a row of x stands for it. */
function forEachPick(
  shape: Shape,
  size: number,
  axis: number,
  visit: (place: number, source: (row: number) => number) => void,
): void {
  const { outer, count, inner } = gatherSizes(shape, size, axis);
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < count; j++) {
      for (let i = 0; i < inner; i++)
        visit((o * count + j) * inner + i, (row) => (o * size + row) * inner + i);
    }
  }
}

/**
 * y[…, j, …] = x[…, index[…, j, …], …] along `axis`. index: i32, as many axes as x, elsewhere at most as long; an entry
 * out of range gives NaN. Throws ShapeError or DtypeError where they do not fit. Source: torch.gather.
 */
export function gather<T extends Value>(x: T, index: T, { axis }: { readonly axis: number }): T {
  requireTensor("gather", "x", x);
  const along = normalizeAxis("gather", axis, x.shape.length);
  requireDtype("gather", "index", index, ["i32", "u32"]);
  const isFitting =
    index.shape.length === x.shape.length &&
    index.shape.every((size, at) => at === along || size <= x.shape[at]);
  if (!isFitting) {
    throw new ShapeError(
      `gather: index ${printShape(index.shape)} does not fit x ${printShape(x.shape)}; it must have as many axes and, but for axis ${along}, sizes at most as large.`,
    );
  }
  const ends = index.shape.map((size, at) => (at === along ? x.shape[at] : size));
  const fitting = ends.every((size, at) => size === x.shape[at]) ? x : slice(x, { ends });
  return apply(gatherRecord, [fitting, index], { axis: along });
}

/** The gradient of `gather`: dy added up, in order, at the places of x that it was picked from. `size` is x's along `axis`. */
export function gatherGradient<T extends Value>(
  dy: T,
  index: T,
  { axis, size }: { readonly axis: number; readonly size: number },
): T {
  return apply(gradientRecord, [dy, index], {
    axis: normalizeAxis("gatherGradient", axis, dy.shape.length),
    size,
  });
}
