import { DtypeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { mish } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { activation, normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("mish", [
  {
    name: "known values",
    inputs: [given([-3, -1, -0.25, 0.5, 2, 0])],
    apply: (x) => mish(x),
    tolerance: activation,
    expected: [
      -0.1456474612756246, -0.30340146137410895, -0.129926963679141, 0.3752452113048951, 1.9439589595339946,
      0,
    ],
    dy: [1, 2, 3, 4, 5, 6],
    expectedGradients: [
      [
        -0.09339311453232084, 0.11843351175479003, 1.3194468051654151, 3.545697501430909, 5.346589671397448,
        3.5999999999999996,
      ],
    ],
    secondGradient: true,
    secondTolerance: normalised,
  },
  {
    name: "zero, infinities, and no number",
    inputs: [given([Number.NaN, Infinity, -Infinity, -0])],
    apply: (x) => mish(x),
    tolerance: activation,
    expected: [Number.NaN, Infinity, Number.NaN, -0],
    withoutGradient: true,
  },
  {
    name: "far out",
    inputs: [given([30, 100, -30])],
    apply: (x) => mish(x),
    tolerance: activation,
    expected: [30, 100, -2.807286890651921e-12],
    dy: [1, 2, 3],
    expectedGradients: [[1, 2, -8.141131982890177e-12]],
  },
  ...fewShapes(unaryShapes((x) => mish(x), { tolerance: activation, low: -4, high: 4 })),
]);
testErrors("mish", [
  {
    name: "x of i32",
    run: () => mish(inputNode([2], "i32")),
    error: DtypeError,
    text: "mish: x has dtype i32; it must be f32 or f16.",
  },
]);
