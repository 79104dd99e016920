import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { conv2d, mul, permute, relu } from "../../src/ops/index.ts";
import { conv2dOf } from "../../src/ops/innerOps.ts";
import { attrsOf, geometries, optionsOf } from "./conv2dCases.ts";
import { exact, sums } from "./families.ts";
import type { InputSpec, OpCase } from "./opCase.ts";
import { testErrors, testOp } from "./testOp.ts";

function whole(...shape: number[]): InputSpec {
  return { shape, integers: true, low: -3, high: 4 };
}

const byGeometry = geometries.map((geometry): OpCase => {
  const { name, input, weight, isSmall } = geometry;
  return {
    name,
    inputs: [whole(...input), whole(...weight)],
    apply: (x, w) => conv2d(x, w, optionsOf(geometry)),
    tolerance: exact,
    shape: attrsOf(geometry).output,
    secondGradient: isSmall,
  };
});

testOp("conv2d", [
  {
    name: "known values",
    inputs: [
      { shape: [1, 1, 3, 3], values: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
      { shape: [1, 1, 2, 2], values: [1, 0, 0, -1] },
    ],
    apply: (x, w) => conv2d(x, w),
    tolerance: exact,
    shape: [1, 1, 2, 2],
    expected: [-4, -4, -4, -4],
    dy: [1, 2, 3, 4],
    expectedGradients: [
      [1, 2, 0, 3, 3, -2, 0, -3, -4],
      [37, 47, 67, 77],
    ],
  },
  {
    name: "known values: the filter is not flipped, and padding is 0",
    inputs: [
      { shape: [1, 1, 1, 3], values: [1, 2, 3], integers: true },
      { shape: [1, 1, 1, 3], values: [100, 10, 1] },
    ],
    apply: (x, w) => conv2d(x, w, { padding: [0, 1] }),
    tolerance: exact,
    shape: [1, 1, 1, 3],
    expected: [12, 123, 230],
  },
  ...byGeometry,
  {
    name: "a bias",
    inputs: [whole(2, 3, 5, 6), whole(4, 3, 3, 3), whole(4)],
    apply: (x, w, bias) => conv2d(x, w, { bias, padding: 1 }),
    tolerance: exact,
    shape: [2, 4, 5, 6],
    secondGradient: true,
  },
  {
    name: "a bias of an image that is a matrix",
    inputs: [whole(2, 3, 4, 3), whole(4, 3, 1, 1), whole(4)],
    apply: (x, w, bias) => conv2d(x, w, { bias }),
    tolerance: exact,
    shape: [2, 4, 4, 3],
    secondGradient: true,
  },
  {
    name: "a bias of groups, many pixels, and a tail",
    inputs: [whole(3, 4, 13, 17), whole(6, 2, 3, 3), whole(6)],
    apply: (x, w, bias) => conv2d(x, w, { bias, groups: 2, stride: 2, padding: 1 }),
    tolerance: exact,
    shape: [3, 6, 7, 9],
  },
  {
    name: "a bias over tiles, whose gradients go on",
    inputs: [whole(2, 16, 6, 6), whole(18, 16, 3, 3), whole(18)],
    apply: (x, w, bias) => conv2d(x, w, { bias: mul(bias, 2), padding: 1 }),
    tolerance: exact,
    shape: [2, 18, 6, 6],
  },
  {
    name: "a bias and an activation over tiles",
    inputs: [whole(1, 16, 6, 6), whole(18, 16, 3, 3), whole(18)],
    apply: (x, w, bias) => relu(conv2d(x, w, { bias })),
    tolerance: exact,
    shape: [1, 18, 4, 4],
    withoutGradient: true,
  },
  {
    name: "channels last, seen as channels first",
    inputs: [whole(2, 5, 6, 3), whole(3, 3, 3, 4)],
    apply: (x, w) => conv2d(permute(x, [0, 3, 1, 2]), permute(w, [3, 2, 0, 1])),
    tolerance: exact,
    shape: [2, 4, 3, 4],
  },
  {
    name: "computed inputs over tiles",
    inputs: [whole(1, 16, 5, 5), whole(16, 16, 3, 3)],
    apply: (x, w) => conv2d(mul(x, 2), mul(w, 0.5)),
    tolerance: exact,
    shape: [1, 16, 3, 3],
  },
  {
    name: "fractions",
    inputs: [{ shape: [2, 3, 9, 9] }, { shape: [5, 3, 3, 3] }],
    apply: (x, w) => conv2d(x, w, { stride: 2, padding: 1 }),
    tolerance: sums(27),
    gradientTolerance: sums(50),
  },
  {
    name: "over tiles, padded behind alone",
    inputs: [whole(1, 16, 4, 5), whole(16, 16, 1, 1)],
    apply: (x, w) => conv2d(x, w, { padding: [[0, 2], 0] }),
    tolerance: exact,
    shape: [1, 16, 6, 5],
  },
  {
    name: "fractions over tiles",
    inputs: [{ shape: [1, 16, 6, 6] }, { shape: [16, 16, 3, 3] }],
    apply: (x, w) => conv2d(x, w),
    tolerance: sums(144),
  },
  {
    name: "by attributes",
    inputs: [whole(1, 2, 4, 5), whole(3, 2, 3, 3)],
    apply: (x, w) => conv2dOf(x, w, attrsOf({ name: "", input: [1, 2, 4, 5], weight: [3, 2, 3, 3] })),
    tolerance: exact,
    shape: [1, 3, 2, 3],
  },
]);

const node = (...shape: number[]) => inputNode(shape, "f32");

testErrors("conv2d", [
  {
    name: "x without a batch",
    run: () => conv2d(node(3, 5, 5), node(4, 3, 3, 3)),
    error: ShapeError,
    text: "conv2d: x is [3, 5, 5], which has 3 axes; it must have 4 [batch, channels, height, width].",
  },
  {
    name: "w of another rank",
    run: () => conv2d(node(1, 3, 5, 5), node(4, 3, 3)),
    error: ShapeError,
    text: "conv2d: w is [4, 3, 3], which has 3 axes; it must have 4 [channels out, channels in / groups, kernel height, kernel width].",
  },
  {
    name: "integers",
    run: () => conv2d(inputNode([1, 3, 5, 5], "i32"), node(4, 3, 3, 3)),
    error: DtypeError,
    text: "conv2d: x has dtype i32; it must be f32 or f16.",
  },
  {
    name: "channels that do not agree",
    run: () => conv2d(node(1, 3, 5, 5), node(4, 2, 3, 3)),
    error: ShapeError,
    text: "conv2d: w [4, 2, 3, 3] takes 2 channels in each of 1 groups, x [1, 3, 5, 5] has 3; they must agree.",
  },
  {
    name: "groups that do not divide",
    run: () => conv2d(node(1, 4, 5, 5), node(6, 1, 3, 3), { groups: 4 }),
    error: UsageError,
    text: "conv2d: 4 groups for 4 channels in and 6 out; groups must divide both.",
  },
  {
    name: "a window that does not fit in",
    run: () => conv2d(node(1, 3, 4, 5), node(4, 3, 3, 3), { dilation: 2 }),
    error: ShapeError,
    text: "conv2d: the window covers 5 of axis -2, which has 4 (4 with padding); it must fit in.",
  },
  {
    name: "a stride of 0",
    run: () => conv2d(node(1, 3, 5, 5), node(4, 3, 3, 3), { stride: [1, 0] }),
    error: UsageError,
    text: "conv2d: stride is 0; it must be a whole number of at least 1.",
  },
  {
    name: "padding below 0",
    run: () => conv2d(node(1, 3, 5, 5), node(4, 3, 3, 3), { padding: -1 }),
    error: UsageError,
    text: "conv2d: padding is -1; it must be a whole number of at least 0.",
  },
  {
    name: '"same" with a stride',
    run: () => conv2d(node(1, 3, 5, 5), node(4, 3, 3, 3), { padding: "same", stride: [1, 2] }),
    error: UsageError,
    text: 'conv2d: padding is "same" and stride [1, 2]; "same" needs stride 1.',
  },
  {
    name: "a fractional dilation",
    run: () => conv2d(node(1, 3, 5, 5), node(4, 3, 3, 3), { dilation: 1.5 }),
    error: UsageError,
    text: "conv2d: dilation is 1.5; it must be a whole number of at least 1.",
  },
  {
    name: "an empty window",
    run: () => conv2d(node(1, 3, 5, 5), node(4, 3, 0, 3)),
    error: UsageError,
    text: "conv2d: the kernel size is 0; it must be a whole number of at least 1.",
  },
  {
    name: "a bias of another size",
    run: () => conv2d(node(1, 3, 5, 5), node(4, 3, 3, 3), { bias: node(3) }),
    error: ShapeError,
    text: "conv2d: bias is [3]; it must be [4], a number for each channel out.",
  },
]);
