// indexCopy: x with some rows along an axis replaced. Where it becomes the new value of x, only those rows are written.

import { ShapeError } from "../base/errors.ts";
import { product } from "../base/integers.ts";
import type { Node, Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { forDtype } from "../kernels/forDtype.ts";
import { type IndexCopySizes, indexCopy as indexCopyKernel } from "../kernels/indexCopy.ts";
import { requireDtype, requireTensor } from "../tensor/dtype.ts";
import { isSameShape, normalizeAxis, printShape, requireRank, type Shape } from "../tensor/shape.ts";
import { arangeNode } from "./arange.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { apply, defineKernel, type Gradient } from "./define.ts";
import { equal } from "./equal.ts";
import { gather } from "./gather.ts";
import { greaterEqual } from "./greaterEqual.ts";
import { less } from "./less.ts";
import { mul } from "./mul.ts";
import { reshape } from "./reshape.ts";
import { where } from "./where.ts";

interface IndexCopyAttrs {
  readonly axis: number;
}

function copySizes(x: Shape, count: number, axis: number): IndexCopySizes {
  return { outer: product(x.slice(0, axis)), size: x[axis], count, inner: product(x.slice(axis + 1)) };
}

const record = defineKernel<IndexCopyAttrs>({
  name: "indexCopy",
  overwrites: 0,
  output: ([x]) => x,
  reference([x, index, source], { axis }) {
    const { outer, size, count, inner } = copySizes(x.shape, index.shape[0], axis);
    const data = x.data.slice();
    for (let o = 0; o < outer; o++) {
      for (let j = 0; j < count; j++) {
        const row = index.data[j];
        const from = (o * count + j) * inner;
        if (row >= 0 && row < size)
          data.set(source.data.subarray(from, from + inner), (o * size + row) * inner);
      }
    }
    return { shape: x.shape, data };
  },
  simplify: ({ inputs: [x, index] }) => (index.shape[0] === 0 ? x : undefined),
  gradient: (context) => [gradientOfX(context), undefined, gradientOfSource(context)],
  dispatch: ([x, index], { axis }, device) =>
    forDtype(indexCopyKernel(copySizes(x.shape, index.shape[0], axis), device), x.dtype),
});

/** dy without the rows that were replaced. */
function gradientOfX({ dy, inputs: [, index, source], attrs: { axis } }: Gradient<IndexCopyAttrs>): Node {
  return indexCopy(dy, axis, index, constantNode(0, dy.dtype, source.shape));
}

/** The rows of dy that came from source; zeros for those that went nowhere or were replaced by a later one. */
function gradientOfSource(context: Gradient<IndexCopyAttrs>): Node {
  const {
    dy,
    inputs: [x, index, source],
    attrs: { axis },
  } = context;
  const { shape } = source;
  const alongRows = (rows: Node) =>
    broadcastTo(
      reshape(
        rows,
        shape.map((_, at) => (at === axis ? shape[axis] : 1)),
      ),
      shape,
    );
  const { rows, arrives } = arrivals(index, x.shape[axis]);
  return where(alongRows(arrives), gather(dy, alongRows(rows), { axis }), 0);
}

/** For each entry of the index a row that exists, and whether the entry decides what stands in that row. */
function arrivals(index: Node, size: number): { rows: Node; arrives: Node } {
  const isInside = mul(greaterEqual(index, 0), less(index, size));
  const rows = where(cast(isInside, "bool"), index, 0);
  const entries = arangeNode(index.shape[0], "i32");
  // Which entry wrote each row last; rows that none wrote hold anything, and are not asked for.
  const writers = indexCopy(arangeNode(size, "i32"), 0, index, entries);
  const isLast = equal(gather(writers, rows, { axis: 0 }), entries);
  return { rows, arrives: cast(mul(isInside, isLast), "bool") };
}

/**
 * x with row index[j] along `axis` replaced by row j of `source`. index: i32 or u32 [n]; source: x's shape with n along
 * `axis`, x's dtype. Of equal indices the last counts; one outside of x changes nothing. Assigned to x
 * (`x.assign(indexCopy(x, …))`) it writes those rows in place. Throws ShapeError or DtypeError. Source: torch.index_copy.
 */
export function indexCopy<T extends Value>(x: T, axis: number, index: T, source: T): T {
  requireTensor("indexCopy", "x", x);
  const along = normalizeAxis("indexCopy", axis, x.shape.length);
  requireDtype("indexCopy", "index", index, ["i32", "u32"]);
  requireDtype("indexCopy", "source", source, [x.dtype]);
  requireRank("indexCopy", "index", index.shape, 1, "[rows]");
  const expected = x.shape.map((size, at) => (at === along ? index.shape[0] : size));
  if (!isSameShape(source.shape, expected)) {
    throw new ShapeError(
      `indexCopy: source is ${printShape(source.shape)} for x ${printShape(x.shape)} and ${index.shape[0]} indices along axis ${along}; it must be ${printShape(expected)}.`,
    );
  }
  return apply(record, [x, index, source], { axis: along });
}
