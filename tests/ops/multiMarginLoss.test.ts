import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { multiMarginLoss } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("multiMarginLoss", [
  {
    name: "right, wrong, and where it meets the margin",
    inputs: [{ shape: [3, 2], values: [3, 1, 1, 3, 2, 1] }, given([0, 0, 0], "i32")],
    apply: (x, target) => multiMarginLoss(x, target, { reduction: "none" }),
    tolerance: normalised,
    expected: [0, 1.5, 0],
    dy: [1, 1, 1],
    expectedGradients: [[0, 0, -0.5, 0.5, 0, 0]],
  },
  {
    name: "a label that is no class",
    inputs: [{ shape: [1, 2], values: [3, 1] }, given([2], "i32")],
    apply: (x, target) => multiMarginLoss(x, target),
    tolerance: normalised,
    shape: [],
    expected: [Number.NaN],
    withoutGradient: true,
  },
  {
    name: "NaN and infinity",
    inputs: [{ shape: [3, 2], values: [3, Number.NaN, 1, Infinity, Infinity, 1] }, given([0, 0, 0], "i32")],
    apply: (x, target) => multiMarginLoss(x, target, { reduction: "none" }),
    tolerance: normalised,
    expected: [Number.NaN, Number.POSITIVE_INFINITY, 0],
    withoutGradient: true,
  },
  {
    name: "squares, twice differentiated",
    inputs: [{ shape: [2, 3] }, given([0, 2], "u32")],
    apply: (x, target) => multiMarginLoss(x, target, { p: 2, margin: 5 }),
    tolerance: normalised,
    shape: [],
    secondGradient: true,
  },
]);

testErrors("multiMarginLoss", [
  {
    name: "labels of another shape",
    run: () => multiMarginLoss(x, inputNode([3], "i32")),
    error: ShapeError,
    text: "multiMarginLoss: labels are [3] for x [2, 3]; they must be [2], one class index for each row.",
  },
  {
    name: "labels that are fractions",
    run: () => multiMarginLoss(x, inputNode([2], "f32")),
    error: DtypeError,
    text: "multiMarginLoss: labels has dtype f32; it must be i32 or u32.",
  },
  {
    name: "scores that are whole numbers",
    run: () => multiMarginLoss(inputNode([2, 3], "i32"), inputNode([2], "i32")),
    error: DtypeError,
    text: "multiMarginLoss: x has dtype i32; it must be f32 or f16.",
  },
  {
    name: "no class",
    run: () => multiMarginLoss(inputNode([2, 0], "f32"), inputNode([2], "i32")),
    error: ShapeError,
    text: "multiMarginLoss: x are [2, 0]; they must be [batch, classes] with at least one class.",
  },
  {
    name: "weights of another length",
    run: () => multiMarginLoss(x, inputNode([2], "i32"), { weight: inputNode([2], "f32") }),
    error: ShapeError,
    text: "multiMarginLoss: weight is [2] for x [2, 3]; it must be [3], a number for each class.",
  },
  {
    name: "an unknown reduction",
    run: () => multiMarginLoss(x, inputNode([2], "i32"), { reduction: "average" as "sum" }),
    error: UsageError,
    text: 'multiMarginLoss: reduction "average"; it must be "mean", "sum" or "none".',
  },
  {
    name: "another power",
    run: () => multiMarginLoss(x, inputNode([2], "i32"), { p: 3 }),
    error: UsageError,
    text: "multiMarginLoss: p is 3; it must be 1 or 2.",
  },
  {
    name: "pixels",
    run: () => multiMarginLoss(inputNode([2, 3, 4], "f32"), inputNode([2, 4], "i32")),
    error: ShapeError,
    text: "multiMarginLoss: x is [2, 3, 4], which has 3 axes; it must have 2 [batch, classes].",
  },
]);
