import { DtypeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { elu } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { activation, normalised, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("elu", [
  {
    name: "known values",
    inputs: [given([-3, -1, -0.25, 0.5, 2])],
    apply: (x) => elu(x),
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
    apply: (x) => elu(x),
    tolerance: activation,
    expected: [0, 100, -1],
    dy: [1, 2, 3],
    expectedGradients: [[1, 2, 1.1160227928062509e-43]],
  },
  {
    name: "zero, infinities, and no number",
    inputs: [given([Number.NaN, Infinity, -Infinity, -0])],
    apply: (x) => elu(x),
    tolerance: activation,
    expected: [Number.NaN, Infinity, -1, -0],
    withoutGradient: true,
  },
  {
    name: "another alpha",
    inputs: [given([-3, 0, 2])],
    apply: (x) => elu(x, { alpha: 2 }),
    tolerance: activation,
    expected: [-1.900425863264272, 0, 2],
    dy: [1, 2, 3],
    expectedGradients: [[0.09957413673572789, 4, 3]],
  },
  {
    name: "near 0, relative to its size",
    inputs: [given([-1e-5, -0.01])],
    apply: (x) => elu(x),
    tolerance: ulps(5),
    expected: [-9.999950000166666e-6, -0.009950166250831947],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes((x) => elu(x), { tolerance: activation, low: -4, high: 4 })),
]);
testErrors("elu", [
  {
    name: "x of i32",
    run: () => elu(inputNode([2], "i32")),
    error: DtypeError,
    text: "elu: x has dtype i32; it must be f32 or f16.",
  },
]);
