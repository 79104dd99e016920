import { DtypeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { celu } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { activation, normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("celu", [
  {
    name: "known values",
    inputs: [given([-3, -1, -0.25, 0.5, 2])],
    apply: (x) => celu(x),
    tolerance: activation,
    expected: [-0.950212931632136, -0.6321205588285577, -0.22119921692859512, 0.5, 2],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [[0.049787068367863944, 0.7357588823428847, 2.3364023492142145, 4, 5]],
    secondGradient: true,
    secondTolerance: normalised,
  },
  {
    name: "at its corners",
    inputs: [given([0, 100, -100])],
    apply: (x) => celu(x),
    tolerance: activation,
    expected: [0, 100, -1],
    dy: [1, 2, 3],
    expectedGradients: [[1, 2, 1.1160227928062509e-43]],
  },
  {
    name: "zero, infinities, and no number",
    inputs: [given([Number.NaN, Infinity, -Infinity, -0])],
    apply: (x) => celu(x),
    tolerance: activation,
    expected: [Number.NaN, Infinity, -1, -0],
    withoutGradient: true,
  },
  {
    name: "another alpha",
    inputs: [given([-3, 0, 2])],
    apply: (x) => celu(x, { alpha: 2 }),
    tolerance: activation,
    expected: [-1.5537396797031404, 0, 2],
    dy: [1, 2, 3],
    expectedGradients: [[0.22313016014842982, 2, 3]],
  },
  ...fewShapes(unaryShapes((x) => celu(x), { tolerance: activation, low: -4, high: 4 })),
]);
testErrors("celu", [
  {
    name: "alpha 0",
    run: () => celu(inputNode([2], "f32"), { alpha: 0 }),
    error: UsageError,
    text: "celu: alpha is 0; it must not be, as x is divided by it.",
  },
  {
    name: "x of i32",
    run: () => celu(inputNode([2], "i32")),
    error: DtypeError,
    text: "celu: x has dtype i32; it must be f32 or f16.",
  },
]);
