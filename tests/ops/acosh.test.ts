import { acosh } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { activation, normalised, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("acosh", [
  {
    name: "known values",
    inputs: [given([1.5, 2, 10, 1.0625])],
    apply: (x) => acosh(x),
    tolerance: activation,
    expected: [0.9624236501192069, 1.3169578969248166, 2.993222846126381, 0.3517373900432606],
    dy: [1, 2, 3, 4],
    expectedGradients: [[0.8944271909999159, 1.1547005383792517, 0.30151134457776363, 11.140969981164663]],
    secondGradient: true,
    secondTolerance: normalised,
  },
  {
    name: "at the ends and beyond",
    inputs: [given([1, 0.5, -2, Infinity, Number.NaN, 1e30])],
    apply: (x) => acosh(x),
    tolerance: activation,
    expected: [0, Number.NaN, Number.NaN, Infinity, Number.NaN, 69.77069997038132],
    withoutGradient: true,
  },
  {
    name: "near 1, where the result is small",
    inputs: [given([1.0000100135803223, 1.0099999904632568])],
    apply: (x) => acosh(x),
    tolerance: ulps(5),
    expected: [0.004475167842739556, 0.14130370221863267],
    withoutGradient: true,
  },
  {
    name: "integers give f32",
    inputs: [given([1, 4], "i32")],
    apply: (x) => acosh(x),
    tolerance: activation,
    dtype: "f32",
    expected: [0, 2.0634370688955608],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes(acosh, { tolerance: activation, low: 1.125, high: 5 })),
]);
