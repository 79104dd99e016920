import { sub } from "../../src/ops/index.ts";
import { binaryShapes, given, numberCases } from "./elementwiseCases.ts";
import { exact, sums, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("sub", [
  {
    name: "known values",
    inputs: [given([1, -2, 0, Infinity, Number.NaN]), given([0.5, 2, 0, Infinity, 1])],
    apply: (a, b) => sub(a, b),
    tolerance: ulps(1),
    expected: [0.5, -4, 0, Number.NaN, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "i32 wraps",
    inputs: [given([1, -2147483648], "i32"), given([-1, 1], "i32")],
    apply: (a, b) => sub(a, b),
    tolerance: exact,
    dtype: "i32",
    expected: [2, 2147483647],
    withoutGradient: true,
  },
  {
    name: "u32 wraps",
    inputs: [given([1, 5], "u32"), given([2, 2], "u32")],
    apply: (a, b) => sub(a, b),
    tolerance: exact,
    dtype: "u32",
    expected: [4294967295, 3],
    withoutGradient: true,
  },
  {
    name: "bools count",
    inputs: [given([0, 1, 1], "bool"), given([1, 0, 1], "bool")],
    apply: (a, b) => sub(a, b),
    tolerance: exact,
    dtype: "i32",
    expected: [-1, 1, 0],
    withoutGradient: true,
  },
  { name: "0", inputs: [{ shape: [5] }], apply: (a) => sub(a, 0), tolerance: exact },
  { name: "from 0", inputs: [{ shape: [5] }], apply: (a) => sub(0, a), tolerance: exact },
  ...numberCases(sub, { tolerance: ulps(1) }),
  ...binaryShapes(sub, { tolerance: ulps(1), summed: sums }),
]);
