// scatter: elements written to places along one axis that an index tensor names.
//
// Lines are written in order by one invocation each, so that the last of equal indices wins. Where that leaves a GPU idle,
// each place looks up in the sorted indices which of them is its last.

import { ShapeError } from "../base/errors.ts";
import { product } from "../base/integers.ts";
import type { Node, Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { forDtype } from "../kernels/forDtype.ts";
import type { GatherSizes } from "../kernels/gather.ts";
import { scatterRuns } from "../kernels/scatter.ts";
import { requireDtype, requireTensor } from "../tensor/dtype.ts";
import { isSameShape, normalizeAxis, printShape, type Shape } from "../tensor/shape.ts";
import { alongAxis } from "./alongAxis.ts";
import { arangeNode } from "./arange.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { clamp } from "./clamp.ts";
import { concat } from "./concat.ts";
import { apply, defineKernel, type Gradient, type Operand } from "./define.ts";
import { equal } from "./equal.ts";
import { gather } from "./gather.ts";
import { greaterEqual } from "./greaterEqual.ts";
import { less } from "./less.ts";
import { mul } from "./mul.ts";
import { narrow } from "./narrow.ts";
import { rowsAlong } from "./rowsAlong.ts";
import { searchKeys } from "./searchSorted.ts";
import { slice } from "./slice.ts";
import { sortedRows } from "./sortOrder.ts";
import { sub } from "./sub.ts";
import { where } from "./where.ts";

/** So many lines keep a GPU busy, and lines so short do not keep it long. */
const BUSY_LINES = 1024;
const SHORT_LINE = 4096;

interface ScatterAttrs {
  readonly axis: number;
  /** Whether each of equal indices has a gradient, and not only the last, as where all write one value. */
  readonly isEachAsked?: boolean;
}

function scatterSizes(x: Shape, index: Shape, axis: number): GatherSizes {
  return {
    outer: product(x.slice(0, axis)),
    size: x[axis],
    count: index[axis],
    inner: product(x.slice(axis + 1)),
  };
}

/** x; index and source: x's shape but for the axis. */
const record = defineKernel<ScatterAttrs>({
  name: "scatter",
  overwrites: 0,
  output: ([x]) => x,
  reference([x, index, source], { axis }) {
    const { size, count, inner } = scatterSizes(x.shape, index.shape, axis);
    const data = x.data.slice();
    index.data.forEach((place, at) => {
      const outer = Math.floor(at / (count * inner));
      if (place >= 0 && place < size) data[(outer * size + place) * inner + (at % inner)] = source.data[at];
    });
    return { shape: x.shape, data };
  },
  simplify: ({ inputs: [x, index] }) => (product(index.shape) === 0 ? x : undefined),
  gradient: (context) => [gradientOfX(context), undefined, gradientOfSource(context)],
  expand({ inputs: [x, index, source], attrs: { axis }, device }) {
    const { outer, count, inner } = scatterSizes(x.shape, index.shape, axis);
    const isBusy = device.kind === "fallback" || outer * inner >= BUSY_LINES || count <= SHORT_LINE;
    return isBusy ? undefined : fromOrder(x, index, source, axis);
  },
  dispatch: ([x, index], { axis }, device) =>
    forDtype(scatterRuns(scatterSizes(x.shape, index.shape, axis), false, device), x.dtype),
});

/** Each place looks for the last of its indices among all of them in order. */
function fromOrder(x: Node, index: Node, source: Node, axis: number): Node {
  const { rows, restore } = rowsAlong("scatter", x, axis);
  const sources = rowsAlong("scatter", source, axis).rows;
  const { keys, places } = sortedRows(rowsAlong("scatter", cast(index, "i32"), axis).rows, false);
  const all = broadcastTo(arangeNode(rows.shape[1], "i32"), rows.shape);
  const last = clamp(sub(searchKeys(keys, all, true), 1), { min: 0 });
  const found = gather(sources, gather(places, last, { axis: 1 }), { axis: 1 });
  return restore(where(equal(gather(keys, last, { axis: 1 }), all), found, rows));
}

/** dy without the places that were replaced. */
function gradientOfX({ dy, inputs: [, index], attrs }: Gradient<ScatterAttrs>): Node {
  return apply(record, [dy, index, constantNode(0, dy.dtype, index.shape)], attrs);
}

/** What stands in dy where source went; zeros for what went nowhere or was replaced by a later element. */
function gradientOfSource({ dy, inputs: [x, index], attrs }: Gradient<ScatterAttrs>): Node {
  const { axis, isEachAsked } = attrs;
  const isInside = mul(greaterEqual(index, 0), less(index, x.shape[axis]));
  const places = where(cast(isInside, "bool"), cast(index, "i32"), 0);
  const found = gather(dy, places, { axis });
  if (isEachAsked) return where(cast(isInside, "bool"), found, 0);
  const entries = alongAxis(arangeNode(index.shape[axis], "i32"), axis, index.shape);
  // Which entry wrote each place last; places that none wrote hold anything, and are not asked for.
  const writers = apply(record, [constantNode(0, "i32", x.shape), index, entries], attrs);
  const isLast = equal(gather(writers, places, { axis }), entries);
  return where(cast(mul(isInside, isLast), "bool"), found, 0);
}

/**
 * `x` with source[…, j, …] written to index[…, j, …] along `axis`. x: any dtype; index: i32 or u32, as many axes as x,
 * elsewhere at most as long; source: x's dtype, at least as long as index everywhere, or a number. Of equal indices the
 * last counts, also for gradients; one out of range writes nothing. Throws ShapeError or DtypeError where they do not fit.
 * Source: torch.scatter, where the order of equal indices is not defined.
 */
export function scatter<T extends Value>(
  x: T,
  index: T,
  source: Operand<T>,
  { axis }: { readonly axis: number },
): T {
  requireTensor("scatter", "x", x);
  const given =
    typeof source === "number"
      ? broadcastTo(x.derive(constantNode(source, x.dtype), [x]), index.shape)
      : source;
  const { along, corner, part } = scatterParts("scatter", x, index, given, axis);
  return inCorner(x, apply(record, [corner, index, part], { axis: along }));
}

/** A scatter whose arguments were checked before, index and source of x's shape but for the axis. */
export function scatterOf<T extends Value>(x: T, index: T, source: T, attrs: ScatterAttrs): T {
  return apply(record, [x, index, source], attrs);
}

/** What of `x` and `source` a scatter touches: of x all along the axis, elsewhere as much as the index has. */
export interface ScatterParts<T extends Value> {
  readonly along: number;
  readonly corner: T;
  readonly part: T;
}

/** Checks the arguments of scatters. Throws ShapeError or DtypeError where they do not fit. */
export function scatterParts<T extends Value>(
  op: string,
  x: T,
  index: T,
  source: T,
  axis: number,
): ScatterParts<T> {
  const along = normalizeAxis(op, axis, x.shape.length);
  requireDtype(op, "index", index, ["i32", "u32"]);
  requireDtype(op, "source", source, [x.dtype]);
  const rank = x.shape.length;
  const isFitting =
    index.shape.length === rank && index.shape.every((size, at) => at === along || size <= x.shape[at]);
  if (!isFitting) {
    throw new ShapeError(
      `${op}: index ${printShape(index.shape)} does not fit x ${printShape(x.shape)}; it must have as many axes and, but for axis ${along}, sizes at most as large.`,
    );
  }
  if (source.shape.length !== rank || index.shape.some((size, at) => size > source.shape[at])) {
    throw new ShapeError(
      `${op}: source ${printShape(source.shape)} does not fit index ${printShape(index.shape)}; it must have as many axes and sizes at least as large.`,
    );
  }
  const sizes = index.shape.map((size, at) => (at === along ? x.shape[at] : size));
  return { along, corner: cornerOf(x, sizes), part: cornerOf(source, index.shape) };
}

function cornerOf<T extends Value>(x: T, sizes: Shape): T {
  return isSameShape(x.shape, sizes) ? x : slice(x, { ends: sizes });
}

/** `x` with `corner` in the place of its first elements along every axis. */
export function inCorner<T extends Value>(x: T, corner: T): T {
  let whole = corner;
  for (let axis = x.shape.length - 1; axis >= 0; axis--) {
    const size = corner.shape[axis];
    if (size === x.shape[axis]) continue;
    const beside = slice(x, { ends: whole.shape.map((old, at) => (at === axis ? x.shape[at] : old)) });
    whole = concat([whole, narrow(beside, axis, size, x.shape[axis] - size)], { axis });
  }
  return whole;
}
