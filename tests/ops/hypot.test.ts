import { DtypeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { hypot } from "../../src/ops/index.ts";
import { binaryShapes, fewShapes, given } from "./elementwiseCases.ts";
import { normalised, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("hypot", [
  {
    name: "known values",
    inputs: [given([3, -5, 0.5, 0]), given([4, 12, -0.25, 2])],
    apply: (a, b) => hypot(a, b),
    tolerance: ulps(5),
    expected: [5, 13, 0.5590169943749475, 2],
    dy: [1, 2, 3, 4],
    expectedGradients: [
      [0.6, -0.7692307692307693, 2.6832815729997477, 0],
      [0.8, 1.8461538461538463, -1.3416407864998738, 4],
    ],
  },
  {
    name: "where squares overflow or are lost",
    inputs: [given([3e38, 1e30, 1e-30, 1e-37, 0, 1e30]), given([1e37, -1e30, 1e-30, 2e-37, 0, 1e-30])],
    apply: (a, b) => hypot(a, b),
    tolerance: ulps(5),
    expected: [
      3.001666203960727e38, 1.414213562373095e30, 1.4142135623730952e-30, 2.23606797749979e-37, 0, 1e30,
    ],
    withoutGradient: true,
  },
  {
    name: "infinities, and no number",
    inputs: [
      given([Infinity, Number.NaN, -Infinity, Number.NaN, 1]),
      given([Number.NaN, -Infinity, 3, 1, Number.NaN]),
    ],
    apply: (a, b) => hypot(a, b),
    tolerance: ulps(5),
    expected: [Infinity, Infinity, Infinity, Number.NaN, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "second gradients",
    inputs: [
      { shape: [7], low: 0.5 },
      { shape: [7], low: 0.5 },
    ],
    apply: (a, b) => hypot(a, b),
    tolerance: ulps(5),
    secondGradient: true,
    secondTolerance: normalised,
  },
  ...fewShapes(binaryShapes(hypot, { tolerance: ulps(5), summed: () => normalised, low: 0.5, high: 3 })),
]);
testErrors("hypot", [
  {
    name: "b of i32",
    run: () => hypot(inputNode([2], "f32"), inputNode([2], "i32")),
    error: DtypeError,
    text: "hypot: b has dtype i32; it must be f32 or f16.",
  },
]);
