import { DtypeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { logSigmoid } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { activation, exponential, normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("logSigmoid", [
  {
    name: "known values",
    inputs: [given([-3, -1, 0, 0.5, 2])],
    apply: (x) => logSigmoid(x),
    tolerance: activation,
    expected: [
      -3.048587351573742, -1.3132616875182228, -0.6931471805599453, -0.4740769841801067, -0.1269280110429725,
    ],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [
      [0.9525741268224333, 1.4621171572600098, 1.5, 1.5101626751925818, 0.5960146101105878],
    ],
    secondGradient: true,
    secondTolerance: normalised,
  },
  {
    name: "zero, infinities, and no number",
    inputs: [given([Number.NaN, Infinity, -Infinity, -0])],
    apply: (x) => logSigmoid(x),
    tolerance: activation,
    expected: [Number.NaN, 0, -Infinity, -0.6931471805599453],
    withoutGradient: true,
  },
  {
    name: "far out",
    inputs: [given([1000, -1000, -1e30, 25])],
    apply: (x) => logSigmoid(x),
    tolerance: activation,
    expected: [0, -1000, -1e30, -1.3887943864867583e-11],
    dy: [1, 2, 3, 4],
    expectedGradients: [[0, 2, 3, 5.555177545908458e-11]],
  },
  {
    name: "where it is small, relative to its size",
    inputs: [given([5, 10, 20])],
    apply: (x) => logSigmoid(x),
    tolerance: exponential,
    expected: [-0.006715348489118068, -4.539889921686465e-5, -2.061153620314381e-9],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes((x) => logSigmoid(x), { tolerance: activation, low: -4, high: 4 })),
]);
testErrors("logSigmoid", [
  {
    name: "x of i32",
    run: () => logSigmoid(inputNode([2], "i32")),
    error: DtypeError,
    text: "logSigmoid: x has dtype i32; it must be f32 or f16.",
  },
]);
