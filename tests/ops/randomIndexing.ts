// Ops that pick by index and put by index, at random shapes: whole numbers, so that sums of what falls on one place are exact.

import * as fc from "fast-check";
import * as ops from "../../src/ops/index.ts";
import { printShape, type Shape } from "../../src/tensor/shape.ts";
import { exact } from "./families.ts";
import type { Apply, InputSpec } from "./opCase.ts";
import { anAxis, type Cases, casesOf, seen, shapes, size } from "./randomShapes.ts";

/** An op of x, an index and, where it has one, a source. */
interface Indexing {
  readonly of: (axis: number) => Apply;
  /** Whether the index is a row, or as x with any size along the axis, and perhaps shorter elsewhere. */
  readonly index: "row" | "alike" | "shorter";
  readonly hasSource?: true;
}

const indexings: Readonly<Record<string, Indexing>> = {
  gather: { of: (axis) => (x, index) => ops.gather(x, index, { axis }), index: "shorter" },
  indexAdd: { of: (axis) => (x, index, y) => ops.indexAdd(x, axis, index, y), index: "row", hasSource: true },
  indexCopy: {
    of: (axis) => (x, index, y) => ops.indexCopy(x, axis, index, y),
    index: "row",
    hasSource: true,
  },
  indexSelect: { of: (axis) => (x, index) => ops.indexSelect(x, axis, index), index: "row" },
  scatter: {
    of: (axis) => (x, index, y) => ops.scatter(x, index, y, { axis }),
    index: "shorter",
    hasSource: true,
  },
  scatterAdd: {
    of: (axis) => (x, index, y) => ops.scatterAdd(x, index, y, { axis }),
    index: "shorter",
    hasSource: true,
  },
  takeAlongAxis: { of: (axis) => (x, index) => ops.takeAlongAxis(x, index, { axis }), index: "alike" },
};

function indexingAt({ of, index, hasSource }: Indexing): Cases {
  const drawn = fc.tuple(
    seen({ leastRank: 1, mostElements: 100 }),
    anAxis,
    size(),
    fc.array(fc.nat(3), { minLength: 4, maxLength: 4 }),
  );
  return casesOf(drawn, ([x, axisOf, drawnCount, cuts]) => {
    const axis = axisOf(x.shape.length);
    const along = (axis + x.shape.length) % x.shape.length;
    const length = x.shape[along];
    // Of nothing nothing can be picked.
    const count = length === 0 ? 0 : drawnCount;
    const cut = (n: number, other: number) => (index === "shorter" && cuts[other] === 3 ? n >> 1 : n);
    const source: Shape = x.shape.map((n, other) => (other === along ? count : cut(n, other)));
    const shape = index === "row" ? [count] : source;
    const given: InputSpec = { shape, dtype: "i32", low: 0, high: Math.max(1, length) };
    return {
      name: `${x.name} by ${printShape(shape)} along ${axis}`,
      inputs: [{ shape: x.stored, integers: true }, given, { shape: source, integers: true }].slice(
        0,
        hasSource ? 3 : 2,
      ),
      apply: (value, ...others) => of(axis)(x.view(value), ...others),
      tolerance: exact,
    };
  });
}

const maskedSelect: Cases = casesOf(
  fc.tuple(seen({ leastSize: 1 }), fc.integer({ min: 1, max: 40 })),
  ([x, count]) => ({
    name: `${count} of ${x.name}`,
    inputs: [
      { shape: x.stored, integers: true },
      { shape: x.shape, dtype: "bool" },
    ],
    apply: (value, mask) => ops.maskedSelect(x.view(value), mask, { size: count, fillValue: 9 }),
    shape: [count],
    tolerance: exact,
  }),
);

const oneHot: Cases = casesOf(
  fc.tuple(shapes({ mostRank: 3, mostElements: 40 }), size(1)),
  ([shape, classes]) => ({
    name: `${printShape(shape)} of ${classes}`,
    inputs: [{ shape, dtype: "i32", low: -1, high: classes }],
    apply: (labels) => ops.oneHot(labels, classes),
    shape: [...shape, classes],
    tolerance: exact,
  }),
);

const embedding: Cases = casesOf(
  fc.tuple(shapes({ mostRank: 3, mostElements: 60 }), size(1), size(), fc.boolean()),
  ([shape, count, dim, isPadded]) => ({
    name: `${printShape(shape)} of [${count}, ${dim}]${isPadded ? ", padded" : ""}`,
    inputs: [
      { shape, dtype: "i32", low: 0, high: count },
      { shape: [count, dim], integers: true },
    ],
    apply: (index, weight) => ops.embedding(index, weight, isPadded ? { paddingIndex: 0 } : {}),
    shape: [...shape, dim],
    tolerance: exact,
    // Its row is read, and yet has no gradient.
    withoutGradient: isPadded ? true : undefined,
  }),
);

export const indexing: Readonly<Record<string, Cases>> = {
  ...Object.fromEntries(Object.entries(indexings).map(([name, one]) => [name, indexingAt(one)])),
  embedding,
  maskedSelect,
  oneHot,
};
