// embeddingBag where PyTorch has nothing to compare, or is not followed; the rest stands in op_cases/embedding_bag.py.

import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { embeddingBag } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { exact, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const { NaN: nan, NEGATIVE_INFINITY: lowest } = Number;

testOp("embeddingBag", [
  {
    name: "the largest: NaN counts wherever it stands, as does a token that names no row; -infinity is a number",
    inputs: [
      given([1, 0, 2, 2, 9, 1], "i32"),
      { shape: [3, 2], values: [nan, 4, 3, 5, lowest, lowest], constant: true },
      given([0, 2, 4], "i32"),
    ],
    apply: (index, weight, offsets) => embeddingBag(index, weight, { offsets, mode: "max" }),
    tolerance: exact,
    expected: [nan, 5, lowest, lowest, nan, nan],
    withoutGradient: true,
  },
  {
    name: "means of bags of padding, in rows and twice differentiated",
    inputs: [
      { shape: [3, 2], dtype: "u32", values: [1, 1, 0, 1, 2, 0] },
      { shape: [3, 2], values: [1, 2, 3, 4, 5, 6] },
    ],
    apply: (index, weight) => embeddingBag(index, weight, { paddingIndex: 1 }),
    tolerance: exact,
    expected: [0, 0, 1, 2, 3, 4],
    gradientTolerance: sums(3),
    secondGradient: true,
  },
  {
    name: "the largest of bags of padding, by offsets and twice differentiated",
    inputs: [
      given([0, 1, 2, 1, 1], "i32"),
      { shape: [3, 2], values: [1, 7, 3, 8, 2, 6] },
      given([0, 3, 4], "i32"),
    ],
    apply: (index, weight, offsets) => embeddingBag(index, weight, { offsets, mode: "max", paddingIndex: 1 }),
    tolerance: exact,
    expected: [2, 7, 0, 0, 0, 0],
    gradientTolerance: sums(3),
    secondGradient: true,
  },
]);

const tokens = (...shape: number[]) => inputNode(shape, "i32");
const table = inputNode([4, 3], "f32");

testErrors("embeddingBag", [
  {
    name: "tokens of fractions",
    run: () => embeddingBag(inputNode([2, 2], "f32"), table),
    error: DtypeError,
    text: "embeddingBag: index has dtype f32; it must be i32 or u32.",
  },
  {
    name: "a table of whole numbers",
    run: () => embeddingBag(tokens(2, 2), inputNode([4, 3], "i32")),
    error: DtypeError,
    text: "embeddingBag: weight has dtype i32; it must be f32 or f16.",
  },
  {
    name: "a table of one axis",
    run: () => embeddingBag(tokens(2, 2), inputNode([4], "f32")),
    error: ShapeError,
    text: "embeddingBag: weight is [4], which has 1 axes; it must have 2 [rows, dim].",
  },
  {
    name: "an index of three axes",
    run: () => embeddingBag(tokens(2, 2, 2), table),
    error: ShapeError,
    text: "embeddingBag: index is [2, 2, 2]; it must be [bags, tokens], or [tokens] with offsets.",
  },
  {
    name: "one row of tokens without offsets",
    run: () => embeddingBag(tokens(5), table),
    error: UsageError,
    text: "embeddingBag: index is [5], without offsets; bags in one row need them, else index must be [bags, tokens].",
  },
  {
    name: "offsets of bags in rows",
    run: () => embeddingBag(tokens(2, 5), table, { offsets: tokens(2) }),
    error: UsageError,
    text: "embeddingBag: index is [2, 5], with offsets; they are for an index of one axis.",
  },
  {
    name: "offsets of fractions",
    run: () => embeddingBag(tokens(5), table, { offsets: inputNode([2], "f32") }),
    error: DtypeError,
    text: "embeddingBag: offsets has dtype f32; it must be i32 or u32.",
  },
  {
    name: "no offset where the last is the number of tokens",
    run: () => embeddingBag(tokens(5), table, { offsets: tokens(0), includeLastOffset: true }),
    error: ShapeError,
    text: "embeddingBag: offsets are [0] with includeLastOffset; there must be one at least, the number of tokens.",
  },
  {
    name: "another mode",
    run: () => embeddingBag(tokens(2, 2), table, { mode: "median" as "mean" }),
    error: UsageError,
    text: 'embeddingBag: mode is "median"; it must be "sum", "mean" or "max".',
  },
  {
    name: "weights of means",
    run: () => embeddingBag(tokens(2, 2), table, { perSampleWeights: inputNode([2, 2], "f32") }),
    error: UsageError,
    text: 'embeddingBag: perSampleWeights with mode "mean"; they are for "sum" alone.',
  },
  {
    name: "weights of another shape",
    run: () => embeddingBag(tokens(2, 2), table, { mode: "sum", perSampleWeights: inputNode([2], "f32") }),
    error: ShapeError,
    text: "embeddingBag: perSampleWeights is [2] for an index of [2, 2]; the shapes must be equal.",
  },
  {
    name: "weights of whole numbers",
    run: () => embeddingBag(tokens(2, 2), table, { mode: "sum", perSampleWeights: tokens(2, 2) }),
    error: DtypeError,
    text: "embeddingBag: perSampleWeights has dtype i32; it must be f32.",
  },
  {
    name: "padding that is a fraction",
    run: () => embeddingBag(tokens(2, 2), table, { paddingIndex: 0.5 }),
    error: UsageError,
    text: "embeddingBag: paddingIndex is 0.5 for 4 rows; it must be a whole number from -4 to 3.",
  },
]);
