import { DtypeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { hardSigmoid } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("hardSigmoid", [
  {
    name: "known values",
    inputs: [given([-4, -2, -0.5, 0.5, 2, 5])],
    apply: (x) => hardSigmoid(x),
    tolerance: ulps(5),
    expected: [0, 0.16666666666666666, 0.4166666666666667, 0.5833333333333334, 0.8333333333333334, 1],
  },
  {
    name: "at its corners",
    inputs: [given([-3, 3])],
    apply: (x) => hardSigmoid(x),
    tolerance: ulps(5),
    expected: [0, 1],
    dy: [1, 2],
    expectedGradients: [[0, 0]],
  },
  {
    name: "zero, infinities, and no number",
    inputs: [given([Number.NaN, Infinity, -Infinity, -0])],
    apply: (x) => hardSigmoid(x),
    tolerance: ulps(5),
    expected: [Number.NaN, 1, 0, 0.5],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes((x) => hardSigmoid(x), { tolerance: ulps(5), low: -2.75, high: 2.75 })),
]);
testErrors("hardSigmoid", [
  {
    name: "x of i32",
    run: () => hardSigmoid(inputNode([2], "i32")),
    error: DtypeError,
    text: "hardSigmoid: x has dtype i32; it must be f32 or f16.",
  },
]);
