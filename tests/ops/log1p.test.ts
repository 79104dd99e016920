import { log1p } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { normalised, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("log1p", [
  {
    name: "known values",
    inputs: [given([0, 1, -0.5, 3, -0.984375])],
    apply: (x) => log1p(x),
    tolerance: ulps(5),
    expected: [0, 0.6931471805599453, -0.6931471805599453, 1.3862943611198906, -4.1588830833596715],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [[1, 1, 6, 1, 320]],
  },
  {
    name: "near 0, where 1 + x has lost all",
    inputs: [given([1e-7, -1e-7, 1e-20, -0.0003, 0.3, -0.2])],
    apply: (x) => log1p(x),
    tolerance: ulps(5),
    expected: [
      9.999999500000033e-8, -1.0000000500000033e-7, 1e-20, -0.00030004500900202545, 0.26236426446749106,
      -0.22314355131420976,
    ],
    dy: [1, 2, 3, 4, 5, 6],
    expectedGradients: [[0.9999999000000099, 2.00000020000002, 3, 4.001200360108032, 3.846153846153846, 7.5]],
  },
  {
    name: "at -1, below, and far out",
    inputs: [given([-1, -1.5, -Infinity, Infinity, Number.NaN, 3e38, -0])],
    apply: (x) => log1p(x),
    tolerance: ulps(5),
    expected: [-Infinity, Number.NaN, Number.NaN, Infinity, Number.NaN, 88.59684582244185, -0],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([0, 1, 100], "i32")],
    apply: (x) => log1p(x),
    tolerance: ulps(5),
    dtype: "f32",
    expected: [0, 0.6931471805599453, 4.61512051684126],
    withoutGradient: true,
  },
  ...fewShapes(
    unaryShapes(log1p, {
      tolerance: ulps(5),
      low: -0.75,
      high: 5,
      secondGradient: true,
      secondTolerance: normalised,
    }),
  ),
]);
