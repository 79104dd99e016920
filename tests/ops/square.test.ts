import { square } from "../../src/ops/index.ts";
import { given, unaryShapes } from "./elementwiseCases.ts";
import { exact, ulps } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("square", [
  {
    name: "known values",
    inputs: [given([-3, 0, 0.5])],
    apply: (x) => square(x),
    tolerance: ulps(1),
    expected: [9, 0, 0.25],
    secondGradient: true,
  },
  {
    name: "integers stay integers",
    inputs: [given([-3, 46340, 0], "i32")],
    apply: (x) => square(x),
    tolerance: exact,
    dtype: "i32",
    expected: [9, 2147395600, 0],
    withoutGradient: true,
  },
  {
    name: "bool counts as i32",
    inputs: [given([0, 1], "bool")],
    apply: (x) => square(x),
    tolerance: exact,
    dtype: "i32",
    expected: [0, 1],
    withoutGradient: true,
  },
  ...unaryShapes(square, { tolerance: ulps(1) }),
]);
