import { DtypeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { floor } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("floor", [
  {
    name: "known values",
    inputs: [given([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, -2.7, 2.7])],
    apply: (x) => floor(x),
    tolerance: exact,
    expected: [-3, -2, -1, 0, 1, 2, -3, 2],
    dy: [1, 2, 3, 4, 5, 6, 7, 8],
    expectedGradients: [[0, 0, 0, 0, 0, 0, 0, 0]],
  },
  {
    name: "what has no fraction",
    inputs: [given([Number.NaN, Infinity, -Infinity, 0, -0, 8388609, -16777216, 1e30])],
    apply: (x) => floor(x),
    tolerance: exact,
    expected: [Number.NaN, Infinity, -Infinity, 0, -0, 8388609, -16777216, 1e30],
    withoutGradient: true,
  },
  {
    name: "integers stay integers",
    inputs: [given([16777217, -3], "i32")],
    apply: (x) => floor(x),
    tolerance: exact,
    dtype: "i32",
    expected: [16777217, -3],
    withoutGradient: true,
  },
  {
    name: "u32 beyond i32",
    inputs: [given([4294967295, 7], "u32")],
    apply: (x) => floor(x),
    tolerance: exact,
    dtype: "u32",
    expected: [4294967295, 7],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes(floor, { tolerance: exact, withoutGradient: true })),
]);
testErrors("floor", [
  {
    name: "x of bool",
    run: () => floor(inputNode([2], "bool")),
    error: DtypeError,
    text: "floor: x has dtype bool; it must be f32 or f16 or i32 or u32.",
  },
]);
