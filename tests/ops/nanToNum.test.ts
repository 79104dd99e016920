import { nanToNum } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("nanToNum", [
  {
    name: "known values",
    inputs: [given([Number.NaN, Infinity, -Infinity, 1.5, -0])],
    apply: (x) => nanToNum(x),
    tolerance: exact,
    expected: [0, 3.4028234663852886e38, -3.4028234663852886e38, 1.5, -0],
    withoutGradient: true,
  },
  {
    name: "given numbers; no gradient where they stand",
    inputs: [given([Number.NaN, Infinity, -Infinity, 1.5, -2])],
    apply: (x) => nanToNum(x, { nan: 0.5, posInf: 7, negInf: -9 }),
    tolerance: exact,
    expected: [0.5, 7, -9, 1.5, -2],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [[0, 0, 0, 4, 5]],
  },
  {
    name: "f16",
    inputs: [given([Infinity, -Infinity, 2], "f16")],
    apply: (x) => nanToNum(x),
    tolerance: exact,
    dtype: "f16",
    expected: [65504, -65504, 2],
    withoutGradient: true,
    referenceOnly: "not every adapter has f16",
  },
  {
    name: "integers stay integers",
    inputs: [given([-7, 2147483647], "i32")],
    apply: (x) => nanToNum(x),
    tolerance: exact,
    dtype: "i32",
    expected: [-7, 2147483647],
    withoutGradient: true,
  },
  {
    name: "bools stay bools",
    inputs: [given([1, 0], "bool")],
    apply: (x) => nanToNum(x),
    tolerance: exact,
    dtype: "bool",
    expected: [1, 0],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes((x) => nanToNum(x), { tolerance: exact })),
]);
