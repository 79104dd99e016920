import { DtypeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { relu6 } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("relu6", [
  {
    name: "known values",
    inputs: [given([-4, 0.5, 5, 7])],
    apply: (x) => relu6(x),
    tolerance: exact,
    expected: [0, 0.5, 5, 6],
    dy: [1, 2, 3, 4],
    expectedGradients: [[0, 2, 3, 0]],
  },
  {
    name: "at its corners",
    inputs: [given([0, 6])],
    apply: (x) => relu6(x),
    tolerance: exact,
    expected: [0, 6],
    dy: [1, 2],
    expectedGradients: [[0, 0]],
  },
  {
    name: "zero, infinities, and no number",
    inputs: [given([Number.NaN, Infinity, -Infinity, -0])],
    apply: (x) => relu6(x),
    tolerance: exact,
    expected: [Number.NaN, 6, 0, 0],
    withoutGradient: true,
  },
  {
    name: "integers stay integers",
    inputs: [given([-7, 3, 7], "i32")],
    apply: (x) => relu6(x),
    tolerance: exact,
    dtype: "i32",
    expected: [0, 3, 6],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes((x) => relu6(x), { tolerance: exact, low: 0.5, high: 5.5 })),
]);
testErrors("relu6", [
  {
    name: "x of bool",
    run: () => relu6(inputNode([2], "bool")),
    error: DtypeError,
    text: "relu6: x has dtype bool; it must be f32 or f16 or i32 or u32.",
  },
]);
