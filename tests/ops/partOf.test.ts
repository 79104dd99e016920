import { add, matmul, mul, permute } from "../../src/ops/index.ts";
import { partOf } from "../../src/ops/innerOps.ts";
import { exact, sums } from "./families.ts";
import { testOp } from "./testOp.ts";

const counted = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

testOp("partOf", [
  {
    name: "the middle, in a shape of its own",
    inputs: [{ shape: [12], values: counted }],
    apply: (x) => partOf(x, { start: 3, shape: [2, 3] }),
    tolerance: exact,
    shape: [2, 3],
    expected: [3, 4, 5, 6, 7, 8],
    secondGradient: true,
  },
  {
    name: "of several axes, across a row's end",
    inputs: [{ shape: [3, 4], values: counted }],
    apply: (x) => partOf(x, { start: 6, shape: [5] }),
    tolerance: exact,
    expected: [6, 7, 8, 9, 10],
    secondGradient: true,
  },
  {
    name: "of a permuted tensor, in its own order",
    inputs: [{ shape: [3, 4], values: counted }],
    apply: (x) => partOf(permute(x, [1, 0]), { start: 2, shape: [4, 1] }),
    tolerance: exact,
    expected: [8, 1, 5, 9],
    secondGradient: true,
  },
  {
    name: "all of it, and its first",
    inputs: [{ shape: [4] }],
    apply: (x) => add(partOf(x, { start: 0, shape: [2, 2] }), mul(partOf(x, { start: 0, shape: [1] }), 2)),
    tolerance: sums(2),
    shape: [2, 2],
  },
  {
    name: "nothing",
    inputs: [{ shape: [4] }],
    apply: (x) => partOf(x, { start: 4, shape: [0] }),
    tolerance: exact,
    shape: [0],
  },
  {
    name: "summed as parts of a sum",
    inputs: [
      { shape: [3, 5], integers: true, low: -3, high: 4 },
      { shape: [5, 5], integers: true, low: -3, high: 4 },
      { shape: [3, 5], integers: true, low: -3, high: 4 },
    ],
    apply(x, y, z) {
      const part = { start: 4, shape: [7] };
      return add(partOf(matmul(x, y), part), partOf(matmul(z, y), part));
    },
    tolerance: exact,
    shape: [7],
  },
]);
