import { relu } from "../../src/ops/index.ts";
import { given, unaryShapes } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("relu", [
  {
    name: "known values",
    inputs: [given([-3, 0, 2.5, Infinity, -Infinity, Number.NaN])],
    apply: (x) => relu(x),
    tolerance: exact,
    expected: [0, 0, 2.5, Infinity, 0, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "no gradient at 0",
    inputs: [given([-1, 0, 2])],
    apply: (x) => relu(x),
    tolerance: exact,
    dy: [3, 5, 7],
    expectedGradients: [[0, 0, 7]],
  },
  {
    name: "integers stay integers",
    inputs: [given([-3, 0, 16777217], "i32")],
    apply: (x) => relu(x),
    tolerance: exact,
    dtype: "i32",
    expected: [0, 0, 16777217],
    withoutGradient: true,
  },
  {
    name: "u32",
    inputs: [given([0, 4294967295], "u32")],
    apply: (x) => relu(x),
    tolerance: exact,
    dtype: "u32",
    expected: [0, 4294967295],
    withoutGradient: true,
  },
  ...unaryShapes(relu, { tolerance: exact, secondGradient: true }),
]);
