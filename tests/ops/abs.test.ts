import { abs } from "../../src/ops/index.ts";
import { given, unaryShapes } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("abs", [
  {
    name: "known values",
    inputs: [given([-2, 0, 3.5, -Infinity, Number.NaN, -0])],
    apply: (x) => abs(x),
    tolerance: exact,
    expected: [2, 0, 3.5, Infinity, Number.NaN, 0],
    withoutGradient: true,
  },
  {
    name: "no gradient at 0",
    inputs: [given([-2, 0, 3])],
    apply: (x) => abs(x),
    tolerance: exact,
    dy: [5, 7, 11],
    expectedGradients: [[-5, 0, 11]],
  },
  {
    name: "i32",
    inputs: [given([-7, 0, 2147483647], "i32")],
    apply: (x) => abs(x),
    tolerance: exact,
    dtype: "i32",
    expected: [7, 0, 2147483647],
    withoutGradient: true,
  },
  {
    name: "u32",
    inputs: [given([4294967295], "u32")],
    apply: (x) => abs(x),
    tolerance: exact,
    dtype: "u32",
    expected: [4294967295],
    withoutGradient: true,
  },
  {
    name: "bool counts as i32",
    inputs: [given([0, 1], "bool")],
    apply: (x) => abs(x),
    tolerance: exact,
    dtype: "i32",
    expected: [0, 1],
    withoutGradient: true,
  },
  ...unaryShapes(abs, { tolerance: exact }),
]);
