import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { crossEntropy, linearCrossEntropy, matmul, transpose } from "../../src/ops/index.ts";
import type { HeadChunk } from "../../src/ops/linearCrossEntropyChunks.ts";
import type { Reduction } from "../../src/ops/reduceLosses.ts";
import { normalised } from "./families.ts";
import type { OpCase } from "./opCase.ts";
import { testErrors, testOp } from "./testOp.ts";

/** How a drawn case is cut, and what is left out of it. */
interface Cut {
  readonly chunk?: HeadChunk;
  readonly reduction?: Reduction;
  readonly labels?: readonly number[];
  readonly ignoreIndex?: number;
}

function drawn(
  name: string,
  [rows, classes, dim]: readonly [number, number, number],
  { chunk, reduction, labels, ignoreIndex }: Cut = {},
): OpCase {
  return {
    name,
    inputs: [
      { shape: [rows, dim] },
      { shape: [classes, dim] },
      { shape: [rows], dtype: "i32", low: 0, high: classes, values: labels },
    ],
    apply: (x, weight, index) => linearCrossEntropy(x, weight, index, { chunk, reduction, ignoreIndex }),
    tolerance: normalised,
    shape: reduction === "none" ? [rows] : [],
  };
}

/** Logits 0, log 2 and log 5 of the first row; 0, 0 and log 6 of the second. */
const known = [
  { shape: [2, 2], values: [1, 0, 0, 1] },
  { shape: [3, 2], values: [0, 0, Math.LN2, 0, Math.log(5), Math.log(6)] },
  { shape: [2], dtype: "i32" as const, values: [2, 0] },
];

testOp("linearCrossEntropy", [
  {
    name: "known values",
    inputs: known,
    apply: (x, weight, labels) => linearCrossEntropy(x, weight, labels, { reduction: "none" }),
    tolerance: normalised,
    shape: [2],
    expected: [-Math.log(0.625), Math.log(8)],
    secondGradient: true,
  },
  {
    name: "known values, class by class and row by row",
    inputs: known,
    apply: (x, weight, labels) => linearCrossEntropy(x, weight, labels, { chunk: { rows: 1, classes: 1 } }),
    tolerance: normalised,
    shape: [],
    expected: [(-Math.log(0.625) + Math.log(8)) / 2],
    secondGradient: true,
  },
  drawn("few classes: logits are kept", [9, 11, 5]),
  drawn("classes in chunks", [9, 23, 5], { chunk: { rows: 100, classes: 8 } }),
  drawn("the sum", [7, 21, 4], { reduction: "sum" }),
  drawn("rows and classes in chunks, the losses", [10, 13, 6], {
    chunk: { rows: 4, classes: 4 },
    reduction: "none",
  }),
  drawn("rows in chunks", [13, 7, 3], { chunk: { rows: 5, classes: 50 } }),
  drawn("very many chunks", [5, 25, 8], { chunk: { rows: 2, classes: 3 } }),
  drawn("chunks as long as a workgroup's rows", [33, 130, 8], { chunk: { rows: 32, classes: 64 } }),
  drawn("labels that do not count", [6, 12, 4], {
    chunk: { rows: 4, classes: 5 },
    labels: [3, -1, 11, -1, 0, 7],
    ignoreIndex: -1,
  }),
  drawn("labels that do not count, all at once", [6, 12, 4], { labels: [3, 5, 11, 5, 0, 7], ignoreIndex: 5 }),
  drawn("no row", [0, 5, 3], { chunk: { rows: 2, classes: 2 }, reduction: "none" }),
  {
    name: "a batch of texts with labels of u32, transposed x and weight",
    inputs: [{ shape: [2, 4, 3] }, { shape: [4, 9] }, { shape: [2, 3], dtype: "u32", low: 0, high: 9 }],
    apply: (x, weight, labels) =>
      linearCrossEntropy(transpose(x), transpose(weight), labels, { chunk: { rows: 4, classes: 4 } }),
    tolerance: normalised,
    shape: [],
  },
  {
    name: "a label that is no class spoils its row alone",
    inputs: [
      { shape: [3, 1], values: [0, 0, 0] },
      { shape: [4, 1], values: [1, 2, 3, 4] },
      { shape: [3], dtype: "i32", values: [1, 4, -2] },
    ],
    apply: (x, weight, labels) =>
      linearCrossEntropy(x, weight, labels, { reduction: "none", chunk: { rows: 2, classes: 2 } }),
    tolerance: normalised,
    expected: [Math.log(4), Number.NaN, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "logits of 8192 and a little, in chunks",
    inputs: [
      { shape: [2, 1], values: [8192, -8192] },
      { shape: [3, 1], values: [1, 1 + 2 ** -12, 1 - 2 ** -12] },
      { shape: [2], dtype: "i32", values: [0, 0] },
    ],
    apply: (x, weight, labels) =>
      linearCrossEntropy(x, weight, labels, { reduction: "none", chunk: { rows: 2, classes: 1 } }),
    tolerance: normalised,
    expected: [Math.log(1 + Math.exp(2) + Math.exp(-2)), Math.log(1 + Math.exp(2) + Math.exp(-2))],
    withoutGradient: true,
  },
  {
    name: "the same as a product and a cross-entropy",
    inputs: [{ shape: [6, 4] }, { shape: [10, 4] }, { shape: [6], dtype: "i32", low: 0, high: 10 }],
    apply: (x, weight, labels) => {
      const logits = matmul(x, transpose(weight));
      return crossEntropy(logits, labels, { reduction: "none" });
    },
    tolerance: normalised,
  },
]);

testErrors("linearCrossEntropy", [
  {
    name: "another width",
    run: () => linearCrossEntropy(inputNode([2, 3], "f32"), inputNode([5, 4], "f32"), inputNode([2], "i32")),
    error: ShapeError,
    text: "linearCrossEntropy: x is [2, 3] and weight [5, 4]; they must be [..., dim] and [classes, dim], with at least one class.",
  },
  {
    name: "no class",
    run: () => linearCrossEntropy(inputNode([2, 3], "f32"), inputNode([0, 3], "f32"), inputNode([2], "i32")),
    error: ShapeError,
    text: "linearCrossEntropy: x is [2, 3] and weight [0, 3]; they must be [..., dim] and [classes, dim], with at least one class.",
  },
  {
    name: "labels of another count",
    run: () => linearCrossEntropy(inputNode([2, 3], "f32"), inputNode([5, 3], "f32"), inputNode([3], "i32")),
    error: ShapeError,
    text: "linearCrossEntropy: labels are [3] for x [2, 3]; they must be [2], one class index for each row.",
  },
  {
    name: "labels of fractions",
    run: () => linearCrossEntropy(inputNode([2, 3], "f32"), inputNode([5, 3], "f32"), inputNode([2], "f32")),
    error: DtypeError,
    text: "linearCrossEntropy: labels has dtype f32; it must be i32 or u32.",
  },
  {
    name: "x of integers",
    run: () => linearCrossEntropy(inputNode([2, 3], "i32"), inputNode([5, 3], "f32"), inputNode([2], "i32")),
    error: DtypeError,
    text: "linearCrossEntropy: x has dtype i32; it must be f32 or f16.",
  },
  {
    name: "an empty chunk",
    run: () =>
      linearCrossEntropy(inputNode([2, 3], "f32"), inputNode([5, 3], "f32"), inputNode([2], "i32"), {
        chunk: { rows: 0, classes: 2 },
      }),
    error: UsageError,
    text: "linearCrossEntropy: chunk has 0 rows and 2 classes; both must be whole numbers of at least 1.",
  },
]);
