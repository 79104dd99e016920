import { mul } from "../../src/ops/index.ts";
import { binaryShapes, given, numberCases } from "./elementwiseCases.ts";
import { exact, sums, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("mul", [
  {
    name: "known values",
    inputs: [given([1.5, -2, 0, Infinity, Infinity, Number.NaN]), given([2, 0.25, -3, -2, 0, 0])],
    apply: (a, b) => mul(a, b),
    tolerance: ulps(1),
    expected: [3, -0.5, -0, -Infinity, Number.NaN, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "i32",
    inputs: [given([3, -46341, 65536], "i32"), given([-4, 46341, 32768], "i32")],
    apply: (a, b) => mul(a, b),
    tolerance: exact,
    dtype: "i32",
    expected: [-12, 2147479015, -2147483648],
    withoutGradient: true,
  },
  {
    name: "u32",
    inputs: [given([3, 65535], "u32"), given([4, 65537], "u32")],
    apply: (a, b) => mul(a, b),
    tolerance: exact,
    dtype: "u32",
    expected: [12, 4294967295],
    withoutGradient: true,
  },
  {
    name: "bool times f32 is a mask",
    inputs: [given([0, 1], "bool"), given([2.5, 3.5])],
    apply: (a, b) => mul(a, b),
    tolerance: exact,
    dtype: "f32",
    expected: [0, 3.5],
  },
  {
    name: "a value with itself",
    inputs: [{ shape: [5] }],
    apply: (a) => mul(a, a),
    tolerance: ulps(1),
    gradientTolerance: sums(2),
    secondGradient: true,
  },
  { name: "1", inputs: [{ shape: [5] }], apply: (a) => mul(1, a), tolerance: exact },
  {
    name: "second gradients of a broadcast product",
    inputs: [{ shape: [4, 1] }, { shape: [3] }],
    apply: (a, b) => mul(a, b),
    tolerance: ulps(1),
    gradientTolerance: sums(4),
    secondGradient: true,
  },
  ...numberCases(mul, { tolerance: ulps(1) }),
  ...binaryShapes(mul, { tolerance: ulps(1), summed: sums, secondGradient: true, secondTolerance: sums(2) }),
]);
