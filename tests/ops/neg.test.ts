import { neg } from "../../src/ops/index.ts";
import { given, unaryShapes } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("neg", [
  {
    name: "known values",
    inputs: [given([-3, 0, -0, Infinity, Number.NaN])],
    apply: (x) => neg(x),
    tolerance: exact,
    expected: [3, -0, 0, -Infinity, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "i32",
    inputs: [given([-7, 0, 2147483647], "i32")],
    apply: (x) => neg(x),
    tolerance: exact,
    dtype: "i32",
    expected: [7, 0, -2147483647],
    withoutGradient: true,
  },
  {
    name: "u32 gives i32",
    inputs: [given([5, 0], "u32")],
    apply: (x) => neg(x),
    tolerance: exact,
    dtype: "i32",
    expected: [-5, 0],
    withoutGradient: true,
  },
  {
    name: "bool counts as i32",
    inputs: [given([0, 1], "bool")],
    apply: (x) => neg(x),
    tolerance: exact,
    dtype: "i32",
    expected: [0, -1],
    withoutGradient: true,
  },
  ...unaryShapes(neg, { tolerance: exact }),
]);
