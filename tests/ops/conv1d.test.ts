import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { conv1d } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import type { InputSpec } from "./opCase.ts";
import { testErrors, testOp } from "./testOp.ts";

function whole(...shape: number[]): InputSpec {
  return { shape, integers: true, low: -3, high: 4 };
}

testOp("conv1d", [
  {
    name: "known values: the filter is not flipped, and a step of 2",
    inputs: [
      { shape: [1, 1, 5], values: [1, 2, 3, 4, 5] },
      { shape: [1, 1, 3], values: [100, 10, 1] },
    ],
    apply: (x, w) => conv1d(x, w, { padding: 1, stride: 2 }),
    tolerance: exact,
    shape: [1, 1, 3],
    expected: [12, 234, 450],
    dy: [1, 10, 100],
    expectedGradients: [[10, 1001, 100, 10010, 1000]].concat([[420, 531, 42]]),
  },
  {
    name: "what is no number reaches the windows that see it, and no other",
    inputs: [
      { shape: [1, 1, 7], values: [Number.NaN, 1, 2, 3, 4, 5, Number.POSITIVE_INFINITY] },
      { shape: [1, 1, 2], values: [1, 2], constant: true },
    ],
    apply: (x, w) => conv1d(x, w),
    tolerance: exact,
    expected: [Number.NaN, 5, 8, 11, 14, Number.POSITIVE_INFINITY],
    withoutGradient: true,
  },
  {
    name: "over tiles, with a bias",
    inputs: [whole(1, 16, 3), whole(18, 16, 2), whole(18)],
    apply: (x, w, bias) => conv1d(x, w, { bias, padding: [[2, 1]] }),
    tolerance: exact,
    shape: [1, 18, 5],
  },
  {
    name: "the second gradient, with an even window",
    inputs: [whole(1, 2, 5), whole(2, 2, 2)],
    apply: (x, w) => conv1d(x, w, { padding: "same" }),
    tolerance: exact,
    shape: [1, 2, 5],
    secondGradient: true,
  },
]);

const node = (...shape: number[]) => inputNode(shape, "f32");

testErrors("conv1d", [
  {
    name: "x without a batch",
    run: () => conv1d(node(3, 5), node(4, 3, 3)),
    error: ShapeError,
    text: "conv1d: x is [3, 5], which has 2 axes; it must have 3 [batch, channels, length].",
  },
  {
    name: "w of another rank",
    run: () => conv1d(node(1, 3, 5), node(4, 3, 3, 3)),
    error: ShapeError,
    text: "conv1d: w is [4, 3, 3, 3], which has 4 axes; it must have 3 [channels out, channels in / groups, kernel length].",
  },
  {
    name: "integers",
    run: () => conv1d(node(1, 3, 5), inputNode([4, 3, 3], "i32")),
    error: DtypeError,
    text: "conv1d: w has dtype i32; it must be f32 or f16.",
  },
  {
    name: "a window that does not fit in",
    run: () => conv1d(node(1, 3, 5), node(4, 3, 3), { dilation: 3, padding: [[0, 1]] }),
    error: ShapeError,
    text: "conv1d: the window covers 7 of axis -1, which has 5 (6 with padding); it must fit in.",
  },
  {
    name: '"same" with a stride',
    run: () => conv1d(node(1, 3, 5), node(4, 3, 3), { padding: "same", stride: 2 }),
    error: UsageError,
    text: 'conv1d: padding is "same" and stride [2]; "same" needs stride 1.',
  },
  {
    name: "padding in another word",
    run: () => conv1d(node(1, 3, 5), node(4, 3, 3), JSON.parse('{ "padding": "full" }')),
    error: UsageError,
    text: 'conv1d: padding is "full"; as a word it must be "same" or "valid".',
  },
  {
    name: "padding for two axes",
    run: () => conv1d(node(1, 3, 5), node(4, 3, 3), JSON.parse('{ "padding": [1, 2] }')),
    error: UsageError,
    text: "conv1d: padding is [1, 2]; it must be a number, or as many as there are axes, 1.",
  },
  {
    name: "an axis with three sides",
    run: () => conv1d(node(1, 3, 5), node(4, 3, 3), JSON.parse('{ "padding": [[1, 2, 3]] }')),
    error: UsageError,
    text: "conv1d: padding of an axis is [1, 2, 3]; it must be a number or [before, after].",
  },
  {
    name: "padding below 0 on one side",
    run: () => conv1d(node(1, 3, 5), node(4, 3, 3), { padding: [[0, -1]] }),
    error: UsageError,
    text: "conv1d: padding is -1; it must be a whole number of at least 0.",
  },
  {
    name: "a stride that is no number",
    run: () => conv1d(node(1, 3, 5), node(4, 3, 3), { stride: Number.NaN }),
    error: UsageError,
    text: "conv1d: stride is NaN; it must be a whole number of at least 1.",
  },
  {
    name: "half a group",
    run: () => conv1d(node(1, 4, 5), node(4, 2, 3), { groups: 0.5 }),
    error: UsageError,
    text: "conv1d: 0.5 groups for 4 channels in and 4 out; groups must divide both.",
  },
  {
    name: "a bias of another size",
    run: () => conv1d(node(1, 3, 5), node(4, 3, 3), { bias: node(1, 4) }),
    error: ShapeError,
    text: "conv1d: bias is [1, 4]; it must be [4], a number for each channel out.",
  },
]);
