import { logicalNot } from "../../src/ops/index.ts";
import { given, unaryShapes } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("logicalNot", [
  {
    name: "bool",
    inputs: [given([0, 1], "bool")],
    apply: (x) => logicalNot(x),
    tolerance: exact,
    dtype: "bool",
    expected: [1, 0],
    withoutGradient: true,
  },
  {
    name: "f32: only 0 is false",
    inputs: [given([0, -0, 0.5, -3, Infinity, Number.NaN])],
    apply: (x) => logicalNot(x),
    tolerance: exact,
    dtype: "bool",
    expected: [1, 1, 0, 0, 0, 0],
    withoutGradient: true,
  },
  {
    name: "i32, twice",
    inputs: [given([0, -1, 7], "i32")],
    apply: (x) => logicalNot(logicalNot(x)),
    tolerance: exact,
    dtype: "bool",
    expected: [0, 1, 1],
    withoutGradient: true,
  },
  {
    name: "u32",
    inputs: [given([0, 4294967295], "u32")],
    apply: (x) => logicalNot(x),
    tolerance: exact,
    dtype: "bool",
    expected: [1, 0],
    withoutGradient: true,
  },
  ...unaryShapes(logicalNot, { tolerance: exact, withoutGradient: true }),
]);
