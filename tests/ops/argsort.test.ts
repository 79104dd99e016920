import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { argsort } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("argsort", [
  {
    name: "rising",
    inputs: [{ shape: [4], values: [0.5, -1, 3, -1] }],
    apply: (x) => argsort(x),
    tolerance: exact,
    dtype: "i32",
    expected: [1, 3, 0, 2],
    withoutGradient: true,
  },
  {
    name: "falling, along the first axis",
    inputs: [{ shape: [3, 2], values: [1, 6, 3, 4, 2, 5], dtype: "i32" }],
    apply: (x) => argsort(x, { axis: 0, descending: true }),
    tolerance: exact,
    shape: [3, 2],
    expected: [1, 0, 2, 2, 0, 1],
    withoutGradient: true,
  },
  {
    name: "many rows",
    inputs: [{ shape: [9, 100] }],
    apply: (x) => argsort(x),
    tolerance: exact,
    withoutGradient: true,
  },
]);

testErrors("argsort", [
  {
    name: "an axis out of range",
    run: () => argsort(inputNode([2, 3], "f32"), { axis: -3 }),
    error: ShapeError,
    text: "argsort: axis -3 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
]);
