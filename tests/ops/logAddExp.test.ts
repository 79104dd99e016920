import { DtypeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { logAddExp } from "../../src/ops/index.ts";
import { binaryShapes, fewShapes, given } from "./elementwiseCases.ts";
import { activation, normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("logAddExp", [
  {
    name: "known values",
    inputs: [given([1, -2, 0, 0.5, 3]), given([2, -2, -5, 0.25, 2.5])],
    apply: (a, b) => logAddExp(a, b),
    tolerance: activation,
    expected: [
      2.313261687518223, -1.3068528194400546, 0.006715348489118068, 1.0759394198788437, 3.4740769841801065,
    ],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [
      [0.2689414213699951, 1, 2.9799214472271456, 2.2487060035431923, 3.112296656009273],
      [0.7310585786300049, 1, 0.020078552772854568, 1.7512939964568077, 1.8877033439907271],
    ],
    secondGradient: true,
  },
  {
    name: "far apart and far out",
    inputs: [given([100, -1000, 1e30, -90]), given([-100, -1001, 1, 2])],
    apply: (a, b) => logAddExp(a, b),
    tolerance: activation,
    expected: [100, -999.6867383124818, 1e30, 2],
    withoutGradient: true,
  },
  {
    name: "infinities, and no number",
    inputs: [
      given([Infinity, Infinity, -Infinity, -Infinity, Number.NaN, 1]),
      given([Infinity, -Infinity, -Infinity, 1, 2, Number.NaN]),
    ],
    apply: (a, b) => logAddExp(a, b),
    tolerance: activation,
    expected: [Infinity, Infinity, -Infinity, 1, Number.NaN, Number.NaN],
    withoutGradient: true,
  },
  ...fewShapes(binaryShapes(logAddExp, { tolerance: activation, summed: () => normalised })),
]);
testErrors("logAddExp", [
  {
    name: "a of i32",
    run: () => logAddExp(inputNode([2], "i32"), inputNode([2], "f32")),
    error: DtypeError,
    text: "logAddExp: a has dtype i32; it must be f32 or f16.",
  },
]);
