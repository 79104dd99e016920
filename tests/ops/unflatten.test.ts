import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { transpose, unflatten } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("unflatten", [
  {
    name: "the last axis",
    inputs: [{ shape: [2, 12] }],
    apply: (x) => unflatten(x, 1, [3, 2, 2]),
    tolerance: exact,
    shape: [2, 3, 2, 2],
    secondGradient: true,
  },
  {
    name: "a size that is worked out, of an axis counted from the end",
    inputs: [{ shape: [2, 15, 3] }],
    apply: (x) => unflatten(x, -2, [5, -1]),
    tolerance: exact,
    shape: [2, 5, 3, 3],
  },
  {
    name: "of a transposed view",
    inputs: [{ shape: [6, 5] }],
    apply: (x) => unflatten(transpose(x), 1, [2, 3]),
    tolerance: exact,
    shape: [5, 2, 3],
  },
  {
    name: "nothing",
    inputs: [{ shape: [0, 3] }],
    apply: (x) => unflatten(x, 0, [4, 0]),
    tolerance: exact,
    shape: [4, 0, 3],
  },
]);

const x = inputNode([2, 12], "f32");
const rest = "the product of the sizes must be the same, and one of them at most -1.";

testErrors("unflatten", [
  {
    name: "another product",
    run: () => unflatten(x, 1, [5, 2]),
    error: ShapeError,
    text: `unflatten: axis 1 of [2, 12] has size 12 and cannot become [5, 2]; ${rest}`,
  },
  {
    name: "a part that does not divide",
    run: () => unflatten(x, 1, [5, -1]),
    error: ShapeError,
    text: `unflatten: axis 1 of [2, 12] has size 12 and cannot become [5, -1]; ${rest}`,
  },
  {
    name: "two open sizes",
    run: () => unflatten(x, 1, [-1, -1]),
    error: ShapeError,
    text: `unflatten: axis 1 of [2, 12] has size 12 and cannot become [-1, -1]; ${rest}`,
  },
  {
    name: "no size",
    run: () => unflatten(inputNode([1, 3], "f32"), 0, []),
    error: ShapeError,
    text: `unflatten: axis 0 of [1, 3] has size 1 and cannot become []; ${rest}`,
  },
  {
    name: "an axis out of range",
    run: () => unflatten(x, 2, [2, 6]),
    error: ShapeError,
    text: "unflatten: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
]);
