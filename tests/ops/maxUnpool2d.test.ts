import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import type { Node } from "../../src/graph/node.ts";
import { inputNode } from "../../src/graph/source.ts";
import { maxPool2dWithIndices, maxUnpool1d, maxUnpool2d, maxUnpool3d } from "../../src/ops/index.ts";
import { exact, sums } from "./families.ts";
import { fours, inputErrors } from "./poolErrors.ts";
import { type ErrorCase, testErrors, testOp } from "./testOp.ts";

testOp("maxUnpool2d", [
  {
    name: "undoes a pooling, at a size that its windows do not tell",
    inputs: [{ shape: [1, 1, 3, 4], values: [1, 5, 2, 6, 3, 4, 8, 7, 9, 9, 9, 9] }],
    apply(x) {
      const { values, indices } = maxPool2dWithIndices(x, 2);
      return maxUnpool2d(values, indices, 2, { outputSize: [3, 4] });
    },
    tolerance: exact,
    expected: [0, 5, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0],
    secondGradient: true,
  },
  {
    name: "of several for one place the last counts, and each has a gradient; what is out of range has none",
    inputs: [
      { shape: [1, 2, 1, 3], values: [1, 2, 3, 4, 5, 6] },
      { shape: [1, 2, 1, 3], values: [1, 1, 9, 0, -1, 5], dtype: "i32" },
    ],
    apply: (x, indices) => maxUnpool2d(x, indices, [1, 2]),
    tolerance: exact,
    expected: [0, 2, 0, 0, 0, 0, 4, 0, 0, 0, 0, 6],
    dy: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    expectedGradients: [[2, 2, 0, 7, 0, 12]],
  },
  {
    name: "u32",
    inputs: [
      { shape: [1, 1, 2], values: [4, 7] },
      { shape: [1, 1, 2], values: [1, 2], dtype: "u32" },
    ],
    apply: (x, indices) => maxUnpool1d(x, indices, 2),
    tolerance: exact,
    gradientTolerance: sums(1),
    expected: [0, 4, 7, 0],
  },
]);

type Unpool = (x: Node, indices: Node, kernel: number, options?: object) => unknown;

function unpoolErrors(op: string, rank: number, unpool: Unpool): ErrorCase[] {
  const x = fours(rank);
  const indices = inputNode(x.shape, "i32");
  const refused = (name: string, kernel: number, options: object, text: string): ErrorCase => ({
    name,
    run: () => unpool(x, indices, kernel, options),
    error: UsageError,
    text: `${op}: ${text}`,
  });
  return [
    ...inputErrors(op, rank, (given) => unpool(given, indices, 2)),
    {
      name: "indices of another shape",
      run: () => unpool(x, inputNode([1, 2], "i32"), 2),
      error: ShapeError,
      text: `${op}: x is [${x.shape.join(", ")}] and indices [1, 2]; they must have one shape.`,
    },
    {
      name: "indices that are fractions",
      run: () => unpool(x, x, 2),
      error: DtypeError,
      text: `${op}: indices has dtype f32; it must be i32 or u32.`,
    },
    refused("an empty window", 0, {}, "the kernel size is 0; it must be a whole number of at least 1."),
    refused(
      "too much padding",
      3,
      { padding: 2 },
      "padding 2 for a window of 3; it must be at most half of it.",
    ),
    refused(
      "a result that is a stride too large",
      2,
      { outputSize: 10 },
      `outputSize is 10 for axis -${rank}, whose windows make 8 at a stride of 2; it must be less than that away.`,
    ),
    refused(
      "a result without a size",
      2,
      { outputSize: Number.NaN },
      "outputSize is NaN; it must be a whole number of at least 1.",
    ),
  ];
}

testErrors("maxUnpool1d", unpoolErrors("maxUnpool1d", 1, maxUnpool1d));
testErrors("maxUnpool2d", unpoolErrors("maxUnpool2d", 2, maxUnpool2d));
testErrors("maxUnpool3d", unpoolErrors("maxUnpool3d", 3, maxUnpool3d));
