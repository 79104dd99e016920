import { DtypeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { selu } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { activation, normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("selu", [
  {
    name: "known values",
    inputs: [given([-3, -1, -0.25, 0.5, 2])],
    apply: (x) => selu(x),
    tolerance: activation,
    roundsConstants: true,
    expected: [
      -1.6705687287671118, -1.1113307378125625, -0.388890197478119, 0.5253504936777402, 2.101401974710961,
    ],
    secondGradient: true,
    secondTolerance: normalised,
  },
  {
    name: "zero, infinities, and no number",
    inputs: [given([Number.NaN, Infinity, -Infinity, -0])],
    apply: (x) => selu(x),
    tolerance: activation,
    roundsConstants: true,
    expected: [Number.NaN, Infinity, -1.7580993408473766, -0],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes(selu, { tolerance: activation, low: -4, high: 4 })),
]);
testErrors("selu", [
  {
    name: "x of i32",
    run: () => selu(inputNode([2], "i32")),
    error: DtypeError,
    text: "selu: x has dtype i32; it must be f32 or f16.",
  },
]);
