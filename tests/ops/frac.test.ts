import { DtypeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { frac } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("frac", [
  {
    name: "known values",
    inputs: [given([-2.75, -0.5, 0.25, 3.125, 0])],
    apply: (x) => frac(x),
    tolerance: ulps(1),
    expected: [-0.75, -0.5, 0.25, 0.125, 0],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [[1, 2, 3, 4, 5]],
  },
  {
    name: "what has no fraction",
    inputs: [given([Number.NaN, 8388609, 1e30, Infinity, -Infinity])],
    apply: (x) => frac(x),
    tolerance: ulps(1),
    expected: [Number.NaN, 0, 0, Number.NaN, Number.NaN],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes(frac, { tolerance: ulps(1), low: 0.125, high: 0.875 })),
]);
testErrors("frac", [
  {
    name: "x of i32",
    run: () => frac(inputNode([2], "i32")),
    error: DtypeError,
    text: "frac: x has dtype i32; it must be f32 or f16.",
  },
]);
