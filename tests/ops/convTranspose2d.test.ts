import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { convTranspose2d, permute } from "../../src/ops/index.ts";
import { attrsOf, type Geometry, geometries } from "./conv2dCases.ts";
import { exact, sums } from "./families.ts";
import type { InputSpec, OpCase } from "./opCase.ts";
import { testErrors, testOp } from "./testOp.ts";

function whole(...shape: number[]): InputSpec {
  return { shape, integers: true, low: -3, high: 4 };
}

/** What a stride leaves over at the end of the convolution's input, which the transpose must add. */
function outputPaddingOf({ input, weight, stride = [1, 1], padding = [0, 0], dilation = [1, 1] }: Geometry) {
  const left = (axis: 0 | 1) =>
    (input[2 + axis] + 2 * padding[axis] - dilation[axis] * (weight[2 + axis] - 1) - 1) % stride[axis];
  return [left(0), left(1)] as const;
}

/** The transposes of all convolutions: from what they give to what they take. */
const transposes = geometries.map((geometry): OpCase => {
  const { name, input, weight, stride, padding, dilation, groups, isSmall } = geometry;
  const outputPadding = outputPaddingOf(geometry);
  return {
    name,
    inputs: [whole(...attrsOf(geometry).output), whole(...weight)],
    apply: (x, w) => convTranspose2d(x, w, { stride, padding, dilation, groups, outputPadding }),
    tolerance: exact,
    shape: [...input],
    secondGradient: isSmall,
  };
});

testOp("convTranspose2d", [
  {
    name: "known values",
    inputs: [
      { shape: [1, 1, 2, 2], values: [1, 2, 3, 4] },
      { shape: [1, 1, 2, 2], values: [1, 0, 0, -1] },
    ],
    apply: (x, w) => convTranspose2d(x, w),
    tolerance: exact,
    shape: [1, 1, 3, 3],
    expected: [1, 2, 0, 3, 3, -2, 0, -3, -4],
    gradientTolerance: sums(4),
  },
  {
    name: "known values: stride and output padding",
    inputs: [
      { shape: [1, 1, 1, 2], values: [1, 2] },
      { shape: [1, 1, 1, 2], values: [10, 1] },
    ],
    apply: (x, w) => convTranspose2d(x, w, { stride: [1, 2], outputPadding: [0, 1] }),
    tolerance: exact,
    shape: [1, 1, 1, 5],
    expected: [10, 1, 20, 2, 0],
    gradientTolerance: sums(2),
  },
  ...transposes,
  {
    name: "as generators use it: twice the size, with a bias",
    inputs: [whole(2, 8, 5, 5), whole(8, 4, 4, 4), whole(4)],
    apply: (x, w, bias) => convTranspose2d(x, w, { bias, stride: 2, padding: 1 }),
    tolerance: exact,
    shape: [2, 4, 10, 10],
  },
  {
    name: "1 x 1, with output padding that its dilation allows",
    inputs: [whole(1, 2, 2, 3), whole(2, 3, 1, 1)],
    apply: (x, w) => convTranspose2d(x, w, { dilation: 2, outputPadding: 1 }),
    tolerance: exact,
    shape: [1, 3, 3, 4],
  },
  {
    name: "channels last, seen as channels first",
    inputs: [whole(2, 3, 4, 3), whole(3, 3, 4, 3)],
    apply: (x, w) => convTranspose2d(permute(x, [0, 3, 1, 2]), permute(w, [3, 2, 0, 1])),
    tolerance: exact,
    shape: [2, 4, 5, 6],
  },
  {
    name: "fractions",
    inputs: [{ shape: [2, 5, 5, 5] }, { shape: [5, 3, 3, 3] }],
    apply: (x, w) => convTranspose2d(x, w, { stride: 2, padding: 1 }),
    tolerance: sums(45),
    gradientTolerance: sums(50),
  },
]);

const node = (...shape: number[]) => inputNode(shape, "f32");

testErrors("convTranspose2d", [
  {
    name: "x without a batch",
    run: () => convTranspose2d(node(3, 5, 5), node(3, 4, 3, 3)),
    error: ShapeError,
    text: "convTranspose2d: x is [3, 5, 5], which has 3 axes; it must have 4 [batch, channels, height, width].",
  },
  {
    name: "w of another rank",
    run: () => convTranspose2d(node(1, 3, 5, 5), node(3, 4, 3)),
    error: ShapeError,
    text: "convTranspose2d: w is [3, 4, 3], which has 3 axes; it must have 4 [channels in, channels out / groups, kernel height, kernel width].",
  },
  {
    name: "integers",
    run: () => convTranspose2d(inputNode([1, 3, 5, 5], "i32"), node(3, 4, 3, 3)),
    error: DtypeError,
    text: "convTranspose2d: x has dtype i32; it must be f32 or f16.",
  },
  {
    name: "channels that do not agree",
    run: () => convTranspose2d(node(1, 3, 5, 5), node(4, 3, 3, 3)),
    error: ShapeError,
    text: "convTranspose2d: w [4, 3, 3, 3] takes 4 channels, x [1, 3, 5, 5] has 3; they must agree.",
  },
  {
    name: "groups that do not divide",
    run: () => convTranspose2d(node(1, 4, 5, 5), node(4, 3, 3, 3), { groups: 3 }),
    error: UsageError,
    text: "convTranspose2d: 3 groups for 4 channels in; groups must divide them.",
  },
  {
    name: "output padding as wide as the stride",
    run: () => convTranspose2d(node(1, 3, 5, 5), node(3, 4, 3, 3), { stride: 2, outputPadding: [0, 2] }),
    error: UsageError,
    text: "convTranspose2d: outputPadding is 2 for stride 2 and dilation 1; it must be below one of them, at most 1.",
  },
  {
    name: "padding that leaves nothing",
    run: () => convTranspose2d(node(1, 3, 1, 5), node(3, 4, 2, 2), { padding: 1 }),
    error: ShapeError,
    text: "convTranspose2d: axis -2 has 1 and would become 0; both must be at least 1.",
  },
  {
    name: "a stride of 0",
    run: () => convTranspose2d(node(1, 3, 5, 5), node(3, 4, 3, 3), { stride: 0 }),
    error: UsageError,
    text: "convTranspose2d: stride is 0; it must be a whole number of at least 1.",
  },
  {
    name: "a bias of another size",
    run: () => convTranspose2d(node(1, 3, 5, 5), node(3, 4, 3, 3), { bias: node(3) }),
    error: ShapeError,
    text: "convTranspose2d: bias is [3]; it must be [4], a number for each channel out.",
  },
]);
