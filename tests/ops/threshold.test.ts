import { DtypeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { threshold } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("threshold", [
  {
    name: "known values",
    inputs: [given([-4, 0.5, 2, 5])],
    apply: (x) => threshold(x, 1, 20),
    tolerance: exact,
    expected: [20, 20, 2, 5],
    dy: [1, 2, 3, 4],
    expectedGradients: [[0, 0, 3, 4]],
  },
  {
    name: "at its step",
    inputs: [given([1])],
    apply: (x) => threshold(x, 1, 20),
    tolerance: exact,
    expected: [20],
    dy: [1],
    expectedGradients: [[0]],
  },
  {
    name: "zero, infinities, and no number",
    inputs: [given([Number.NaN, Infinity, -Infinity, 0])],
    apply: (x) => threshold(x, 1, 20),
    tolerance: exact,
    expected: [Number.NaN, Infinity, 20, 20],
    withoutGradient: true,
  },
  {
    name: "integers stay integers",
    inputs: [given([-7, 0, 7], "i32")],
    apply: (x) => threshold(x, 1, 20),
    tolerance: exact,
    dtype: "i32",
    expected: [20, 20, 7],
    withoutGradient: true,
  },
  {
    name: "a fraction widens integers",
    inputs: [given([-7, 7], "i32")],
    apply: (x) => threshold(x, 1, 0.5),
    tolerance: exact,
    dtype: "f32",
    expected: [0.5, 7],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes((x) => threshold(x, 1, 20), { tolerance: exact, low: 2, high: 4 })),
]);
testErrors("threshold", [
  {
    name: "x of bool",
    run: () => threshold(inputNode([2], "bool"), 1, 0),
    error: DtypeError,
    text: "threshold: x has dtype bool; it must be f32 or f16 or i32 or u32.",
  },
]);
