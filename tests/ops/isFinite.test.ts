import * as ops from "../../src/ops/index.ts";
import { given, unaryShapes } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("isFinite", [
  {
    name: "known values",
    inputs: [given([Number.NaN, 0, -1, Infinity, -Infinity, 3e38, -3e38, 1e-38])],
    apply: (x) => ops.isFinite(x),
    tolerance: exact,
    dtype: "bool",
    expected: [0, 1, 1, 0, 0, 1, 1, 1],
    withoutGradient: true,
  },
  {
    name: "of what was computed",
    inputs: [given([0, 1, Infinity, 2, -2]), given([Infinity, 2, 1, Infinity, Infinity])],
    apply: (a, b) => ops.isFinite(ops.mul(a, b)),
    tolerance: exact,
    expected: [0, 1, 0, 0, 0],
    withoutGradient: true,
  },
  {
    name: "always of integers",
    inputs: [given([0, -1, 2139095040], "i32")],
    apply: (x) => ops.isFinite(x),
    tolerance: exact,
    expected: [1, 1, 1],
    withoutGradient: true,
  },
  ...unaryShapes(ops.isFinite, { tolerance: exact, withoutGradient: true }),
]);
