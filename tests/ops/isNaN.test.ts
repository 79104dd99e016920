import * as ops from "../../src/ops/index.ts";
import { given, unaryShapes } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("isNaN", [
  {
    name: "known values",
    inputs: [given([Number.NaN, 0, -1, Infinity, -Infinity, 3e38])],
    apply: (x) => ops.isNaN(x),
    tolerance: exact,
    dtype: "bool",
    expected: [1, 0, 0, 0, 0, 0],
    withoutGradient: true,
  },
  {
    name: "of what was computed",
    inputs: [given([0, 1, Infinity]), given([Infinity, 2, 0])],
    apply: (a, b) => ops.isNaN(ops.mul(a, b)),
    tolerance: exact,
    expected: [1, 0, 1],
    withoutGradient: true,
  },
  {
    name: "never of integers",
    inputs: [given([0, -1, 2143289344], "i32")],
    apply: (x) => ops.isNaN(x),
    tolerance: exact,
    expected: [0, 0, 0],
    withoutGradient: true,
  },
  ...unaryShapes(ops.isNaN, { tolerance: exact, withoutGradient: true }),
]);
