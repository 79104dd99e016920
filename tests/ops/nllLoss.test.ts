import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { nllLoss } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("nllLoss", [
  {
    name: "known values",
    inputs: [{ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }, given([2, 0], "i32")],
    apply: (x, target) => nllLoss(x, target, { reduction: "none" }),
    tolerance: normalised,
    expected: [-3, -4],
    dy: [1, 2],
    expectedGradients: [[0, 0, -1, -2, 0, 0]],
  },
  {
    name: "labels that are no class, and one that does not count",
    inputs: [{ shape: [3, 2], values: [1, 2, 3, 4, Number.NaN, 6] }, given([2, -1, -100], "i32")],
    apply: (x, target) => nllLoss(x, target, { reduction: "none" }),
    tolerance: normalised,
    expected: [Number.NaN, Number.NaN, 0],
    withoutGradient: true,
  },
  {
    name: "nothing counts",
    inputs: [{ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }, given([1, 1], "u32")],
    apply: (x, target) => nllLoss(x, target, { ignoreIndex: 1 }),
    tolerance: normalised,
    shape: [],
    expected: [Number.NaN],
    withoutGradient: true,
  },
  {
    name: "weights that are differentiated too",
    inputs: [{ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }, given([2, 0], "i32"), given([0.5, 2, 4])],
    apply: (x, target, third) => nllLoss(x, target, { weight: third }),
    tolerance: normalised,
    shape: [],
    expected: [-14 / 4.5],
    secondGradient: true,
  },
]);

testErrors("nllLoss", [
  {
    name: "labels of another shape",
    run: () => nllLoss(x, inputNode([3], "i32")),
    error: ShapeError,
    text: "nllLoss: labels are [3] for x [2, 3]; they must be [2], one class index for each row.",
  },
  {
    name: "labels that are fractions",
    run: () => nllLoss(x, inputNode([2], "f32")),
    error: DtypeError,
    text: "nllLoss: labels has dtype f32; it must be i32 or u32.",
  },
  {
    name: "scores that are whole numbers",
    run: () => nllLoss(inputNode([2, 3], "i32"), inputNode([2], "i32")),
    error: DtypeError,
    text: "nllLoss: x has dtype i32; it must be f32 or f16.",
  },
  {
    name: "no class",
    run: () => nllLoss(inputNode([2, 0], "f32"), inputNode([2], "i32")),
    error: ShapeError,
    text: "nllLoss: x are [2, 0]; they must be [batch, classes] with at least one class.",
  },
  {
    name: "weights of another length",
    run: () => nllLoss(x, inputNode([2], "i32"), { weight: inputNode([2], "f32") }),
    error: ShapeError,
    text: "nllLoss: weight is [2] for x [2, 3]; it must be [3], a number for each class.",
  },
  {
    name: "an unknown reduction",
    run: () => nllLoss(x, inputNode([2], "i32"), { reduction: "average" as "sum" }),
    error: UsageError,
    text: 'nllLoss: reduction "average"; it must be "mean", "sum" or "none".',
  },
  {
    name: "a label that is no whole number",
    run: () => nllLoss(x, inputNode([2], "i32"), { ignoreIndex: 0.5 }),
    error: UsageError,
    text: "nllLoss: ignoreIndex is 0.5; it must be a whole number from -2147483648 to 2147483647.",
  },
]);
