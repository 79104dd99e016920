import { isInf, mul } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("isInf", [
  {
    name: "known values",
    inputs: [given([Infinity, -Infinity, Number.NaN, 0, -1, 3e38])],
    apply: (x) => isInf(x),
    tolerance: exact,
    dtype: "bool",
    expected: [1, 1, 0, 0, 0, 0],
    withoutGradient: true,
  },
  {
    name: "of what was computed",
    inputs: [given([Infinity, 1, -Infinity]), given([2, 3, 5])],
    apply: (a, b) => isInf(mul(a, b)),
    tolerance: exact,
    dtype: "bool",
    expected: [1, 0, 1],
    withoutGradient: true,
  },
  {
    name: "never of integers",
    inputs: [given([0, -1, 2139095040], "i32")],
    apply: (x) => isInf(x),
    tolerance: exact,
    dtype: "bool",
    expected: [0, 0, 0],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes(isInf, { tolerance: exact, withoutGradient: true })),
]);
