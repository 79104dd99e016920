import { sign } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("sign", [
  {
    name: "known values",
    inputs: [given([-2.5, 0, 3, 1e-30, -1e30])],
    apply: (x) => sign(x),
    tolerance: exact,
    expected: [-1, 0, 1, 1, -1],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [[0, 0, 0, 0, 0]],
  },
  {
    name: "zeros, infinities, and no number",
    inputs: [given([0, -0, Infinity, -Infinity, Number.NaN])],
    apply: (x) => sign(x),
    tolerance: exact,
    expected: [0, 0, 1, -1, 0],
    withoutGradient: true,
  },
  {
    name: "integers",
    inputs: [given([-7, 0, 2147483647], "i32")],
    apply: (x) => sign(x),
    tolerance: exact,
    dtype: "i32",
    expected: [-1, 0, 1],
    withoutGradient: true,
  },
  {
    name: "u32",
    inputs: [given([4294967295, 0], "u32")],
    apply: (x) => sign(x),
    tolerance: exact,
    dtype: "u32",
    expected: [1, 0],
    withoutGradient: true,
  },
  {
    name: "bools stay bools",
    inputs: [given([1, 0], "bool")],
    apply: (x) => sign(x),
    tolerance: exact,
    dtype: "bool",
    expected: [1, 0],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes(sign, { tolerance: exact, withoutGradient: true })),
]);
