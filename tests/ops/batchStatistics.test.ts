import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { add, batchMoments, batchStatistics, concat, slice } from "../../src/ops/index.ts";
import { normalised } from "./families.ts";
import type { OpCase } from "./opCase.ts";
import { testErrors, testOp } from "./testOp.ts";

const shapes: readonly (readonly [number, number, number])[] = [
  [3, 2, 1],
  [2, 3, 5],
  [2, 2, 8],
  [5, 1, 4104],
];

/** Center and drift are only determined as a sum: the mean again. */
const byShape = shapes.map(
  (shape): OpCase => ({
    name: `[${shape.join(", ")}]`,
    inputs: [{ shape, low: -1, high: 3 }],
    apply: (x) => {
      const statistics = batchStatistics(x, { eps: 0.25 });
      const row = (index: number) => slice(statistics, { starts: [index], ends: [index + 1] });
      return concat([row(0), row(1), add(row(2), row(3)), row(4)]);
    },
    tolerance: normalised,
    shape: [4, shape[1]],
    secondGradient: shape[2] === 5 ? true : undefined,
  }),
);

testOp("batchStatistics", [
  {
    name: "known values",
    // Of the first channel (1, 3) the unbiased variance is 2 and the biased one 1, of the second (4, -2) 18 and 9.
    inputs: [{ shape: [2, 2, 1], values: [1, 4, 3, -2] }],
    apply: (x) => batchStatistics(x, { eps: 3 }),
    tolerance: normalised,
    expected: [2, 1, 2, 18, 2, 1, 0, 0, 0.5, 1 / Math.sqrt(12)],
    secondGradient: true,
  },
  ...byShape,
]);

testOp("batchMoments", [
  {
    name: "mean and unbiased variance of each channel",
    inputs: [{ shape: [2, 2, 1, 2], values: [1, 3, 4, 4, 5, 7, 4, 4] }],
    apply: (x) => batchMoments(x),
    tolerance: normalised,
    shape: [2, 2],
    expected: [4, 4, 20 / 3, 0],
  },
  {
    name: "a mean far above the deviation",
    inputs: [{ shape: [40, 3], low: 999, high: 1001 }],
    apply: (x) => batchMoments(x, { eps: 0 }),
    tolerance: normalised,
    shape: [2, 3],
  },
  {
    name: "one value per channel",
    inputs: [{ shape: [1, 2], values: [3, -4] }],
    apply: (x) => batchMoments(x),
    tolerance: normalised,
    expected: [3, -4, 0, 0],
  },
  {
    name: "nothing",
    inputs: [{ shape: [0, 2] }],
    apply: (x) => batchMoments(x),
    tolerance: normalised,
    expected: [Number.NaN, Number.NaN, Number.NaN, Number.NaN],
    withoutGradient: true,
  },
]);

testErrors("batchMoments", [
  {
    name: "no axis of channels",
    run: () => batchMoments(inputNode([3], "f32")),
    error: ShapeError,
    text: "batchMoments: x is [3]; it must be [batch, channels, ...], with two axes at least.",
  },
  {
    name: "integers",
    run: () => batchMoments(inputNode([3, 2], "u32")),
    error: DtypeError,
    text: "batchMoments: x has dtype u32; it must be f32 or f16.",
  },
  {
    name: "an eps that is no number",
    run: () => batchMoments(inputNode([3, 2], "f32"), { eps: Number.NaN }),
    error: UsageError,
    text: "batchMoments: eps is NaN; it must be a finite number of at least 0.",
  },
]);
