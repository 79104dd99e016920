import { expect, test } from "vitest";
import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import type { Node } from "../../src/graph/node.ts";
import { inputNode } from "../../src/graph/source.ts";
import { conv3d } from "../../src/ops/index.ts";
import { gpuProfile } from "../setup/deviceProfile.ts";
import { exact } from "./families.ts";
import type { InputSpec } from "./opCase.ts";
import { testErrors, testOp } from "./testOp.ts";

function whole(...shape: number[]): InputSpec {
  return { shape, integers: true, low: -3, high: 4 };
}

testOp("conv3d", [
  {
    name: "known values: the filter is not flipped",
    inputs: [
      { shape: [1, 1, 3, 1, 2], values: [1, 2, 3, 4, 5, 6] },
      { shape: [1, 1, 2, 1, 2], values: [1000, 100, 10, 1] },
    ],
    apply: (x, w) => conv3d(x, w),
    tolerance: exact,
    shape: [1, 1, 2, 1, 1],
    expected: [1234, 3456],
    dy: [1, 2],
    expectedGradients: [
      [1000, 100, 2010, 201, 20, 2],
      [7, 10, 13, 16],
    ],
  },
  {
    name: "what is no number stays in the slices that see it",
    inputs: [
      { shape: [1, 1, 3, 1, 2], values: [Number.NaN, 0, 1, 2, 3, 4] },
      { shape: [1, 1, 2, 1, 2], values: [1, 1, 1, 1] },
    ],
    apply: (x, w) => conv3d(x, w, { padding: [[0, 1], 0, 0] }),
    tolerance: exact,
    expected: [Number.NaN, 10, 7],
    withoutGradient: true,
  },
  {
    name: "over tiles, which taps along depth make worth while",
    inputs: [whole(1, 8, 2, 1, 2), whole(16, 8, 2, 1, 2)],
    apply: (x, w) => conv3d(x, w, { padding: "same" }),
    tolerance: exact,
    shape: [1, 16, 2, 1, 2],
  },
  {
    name: "the second gradient",
    inputs: [whole(1, 1, 3, 2, 3), whole(2, 1, 2, 2, 2)],
    apply: (x, w) => conv3d(x, w, { padding: [1, [0, 1], 0], dilation: [2, 1, 1] }),
    tolerance: exact,
    shape: [1, 2, 3, 2, 2],
    secondGradient: true,
  },
]);

const node = (...shape: number[]) => inputNode(shape, "f32");

if (!__GPU__) {
  const dispatchesOf = (...given: Parameters<typeof conv3d<Node>>) =>
    compileGraph(makeGraph([conv3d(...given)]), gpuProfile).dispatches.length;

  test.each([
    ["taps of depth alone", 1, node(2, 3, 5, 4, 4), node(4, 3, 3, 1, 1), { padding: [1, 0, 0] }],
    ["blocks side by side: slices of y in order", 2, node(2, 3, 4, 4, 4), node(4, 3, 2, 2, 2), { stride: 2 }],
    ["slices of x in order, and of y", 3, node(2, 3, 5, 4, 4), node(4, 3, 3, 3, 3), { padding: [0, 1, 1] }],
    ["one item of one slice", 1, node(1, 3, 3, 4, 4), node(4, 3, 3, 3, 3), { padding: [0, 1, 1] }],
  ] as const)("%s: %i dispatches", (_, dispatches, x, w, options) => {
    expect(dispatchesOf(x, w, options)).toBe(dispatches);
  });
}

testErrors("conv3d", [
  {
    name: "x without a batch",
    run: () => conv3d(node(3, 5, 5, 5), node(4, 3, 3, 3, 3)),
    error: ShapeError,
    text: "conv3d: x is [3, 5, 5, 5], which has 4 axes; it must have 5 [batch, channels, depth, height, width].",
  },
  {
    name: "w of another rank",
    run: () => conv3d(node(1, 3, 5, 5, 5), node(4, 3, 3, 3)),
    error: ShapeError,
    text: "conv3d: w is [4, 3, 3, 3], which has 4 axes; it must have 5 [channels out, channels in / groups, kernel depth, kernel height, kernel width].",
  },
  {
    name: "truths",
    run: () => conv3d(inputNode([1, 3, 5, 5, 5], "bool"), node(4, 3, 3, 3, 3)),
    error: DtypeError,
    text: "conv3d: x has dtype bool; it must be f32 or f16.",
  },
  {
    name: "a depth in which no window fits",
    run: () => conv3d(node(1, 3, 2, 5, 5), node(4, 3, 3, 3, 3), { padding: [0, 1, 1] }),
    error: ShapeError,
    text: "conv3d: the window covers 3 of axis -3, which has 2 (2 with padding); it must fit in.",
  },
  {
    name: "strides for two axes",
    run: () => conv3d(node(1, 3, 5, 5, 5), node(4, 3, 3, 3, 3), JSON.parse('{ "stride": [1, 2] }')),
    error: UsageError,
    text: "conv3d: stride is [1, 2]; it must be a number, or as many as there are axes, 3.",
  },
  {
    name: "a dilation of 0",
    run: () => conv3d(node(1, 3, 5, 5, 5), node(4, 3, 3, 3, 3), { dilation: [0, 1, 1] }),
    error: UsageError,
    text: "conv3d: dilation is 0; it must be a whole number of at least 1.",
  },
  {
    name: "channels that do not agree",
    run: () => conv3d(node(1, 3, 5, 5, 5), node(4, 2, 3, 3, 3)),
    error: ShapeError,
    text: "conv3d: w [4, 2, 3, 3, 3] takes 2 channels in each of 1 groups, x [1, 3, 5, 5, 5] has 3; they must agree.",
  },
]);
