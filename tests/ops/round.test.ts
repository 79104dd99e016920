import { DtypeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { round } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { exact, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("round", [
  {
    name: "known values",
    inputs: [given([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, -2.7, 2.7])],
    apply: (x) => round(x),
    tolerance: exact,
    expected: [-2, -2, -0, 0, 2, 2, -3, 3],
    dy: [1, 2, 3, 4, 5, 6, 7, 8],
    expectedGradients: [[0, 0, 0, 0, 0, 0, 0, 0]],
  },
  {
    name: "what has no fraction",
    inputs: [given([Number.NaN, Infinity, -Infinity, 0, -0, 8388609, -16777216, 1e30])],
    apply: (x) => round(x),
    tolerance: exact,
    expected: [Number.NaN, Infinity, -Infinity, 0, -0, 8388609, -16777216, 1e30],
    withoutGradient: true,
  },
  {
    name: "integers stay integers",
    inputs: [given([16777217, -3], "i32")],
    apply: (x) => round(x),
    tolerance: exact,
    dtype: "i32",
    expected: [16777217, -3],
    withoutGradient: true,
  },
  {
    name: "u32 beyond i32",
    inputs: [given([4294967295, 7], "u32")],
    apply: (x) => round(x),
    tolerance: exact,
    dtype: "u32",
    expected: [4294967295, 7],
    withoutGradient: true,
  },
  {
    name: "to decimals",
    inputs: [given([1.25, -2.375, 3.14159, 0])],
    apply: (x) => round(x, { decimals: 2 }),
    tolerance: ulps(3),
    expected: [1.25, -2.38, 3.14, 0],
    dy: [1, 2, 3, 4],
    expectedGradients: [[0, 0, 0, 0]],
  },
  {
    name: "to tens",
    inputs: [given([15, 25, -14, 1234])],
    apply: (x) => round(x, { decimals: -1 }),
    tolerance: ulps(3),
    expected: [20, 20, -10, 1230],
    dy: [1, 2, 3, 4],
    expectedGradients: [[0, 0, 0, 0]],
  },
  ...fewShapes(unaryShapes((x) => round(x), { tolerance: exact, withoutGradient: true })),
]);
testErrors("round", [
  {
    name: "x of bool",
    run: () => round(inputNode([2], "bool")),
    error: DtypeError,
    text: "round: x has dtype bool; it must be f32 or f16 or i32 or u32.",
  },
  {
    name: "a fraction of a decimal",
    run: () => round(inputNode([2], "f32"), { decimals: 0.5 }),
    error: UsageError,
    text: "round: decimals is 0.5; it must be a whole number.",
  },
  {
    name: "integers with decimals",
    run: () => round(inputNode([2], "i32"), { decimals: 1 }),
    error: DtypeError,
    text: "round: x, with decimals, has dtype i32; it must be f32 or f16.",
  },
]);
