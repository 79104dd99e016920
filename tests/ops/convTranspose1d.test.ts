import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { convTranspose1d } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("convTranspose1d", [
  {
    name: "known values: stride and output padding",
    inputs: [
      { shape: [1, 1, 3], values: [1, 2, 3] },
      { shape: [1, 1, 3], values: [100, 10, 1] },
    ],
    apply: (x, w) => convTranspose1d(x, w, { stride: 2, padding: 1, outputPadding: 1 }),
    tolerance: exact,
    shape: [1, 1, 6],
    expected: [10, 201, 20, 302, 30, 3],
    dy: [1, 2, 3, 4, 5, 6],
    expectedGradients: [
      [12, 234, 456],
      [16, 22, 28],
    ],
  },
  {
    name: "the second gradient, in groups",
    inputs: [
      { shape: [1, 2, 3], integers: true },
      { shape: [2, 1, 2], integers: true },
      { shape: [2], integers: true },
    ],
    apply: (x, w, bias) => convTranspose1d(x, w, { bias, groups: 2, dilation: 2 }),
    tolerance: exact,
    shape: [1, 2, 5],
    secondGradient: true,
  },
]);

const node = (...shape: number[]) => inputNode(shape, "f32");

testErrors("convTranspose1d", [
  {
    name: "x without a batch",
    run: () => convTranspose1d(node(3, 5), node(3, 4, 3)),
    error: ShapeError,
    text: "convTranspose1d: x is [3, 5], which has 2 axes; it must have 3 [batch, channels, length].",
  },
  {
    name: "w of another rank",
    run: () => convTranspose1d(node(1, 3, 5), node(3, 4)),
    error: ShapeError,
    text: "convTranspose1d: w is [3, 4], which has 2 axes; it must have 3 [channels in, channels out / groups, kernel length].",
  },
  {
    name: "integers",
    run: () => convTranspose1d(inputNode([1, 3, 5], "u32"), node(3, 4, 3)),
    error: DtypeError,
    text: "convTranspose1d: x has dtype u32; it must be f32 or f16.",
  },
  {
    name: "output padding as wide as the stride",
    run: () => convTranspose1d(node(1, 3, 5), node(3, 4, 3), { stride: 2, outputPadding: 2 }),
    error: UsageError,
    text: "convTranspose1d: outputPadding is 2 for stride 2 and dilation 1; it must be below one of them, at most 1.",
  },
  {
    name: "a word for padding",
    run: () => convTranspose1d(node(1, 3, 5), node(3, 4, 3), JSON.parse('{ "padding": "s" }')),
    error: UsageError,
    text: "convTranspose1d: padding is s; it must be a whole number of at least 0.",
  },
  {
    name: "padding that leaves nothing",
    run: () => convTranspose1d(node(1, 3, 1), node(3, 4, 2), { padding: 1 }),
    error: ShapeError,
    text: "convTranspose1d: axis -1 has 1 and would become 0; both must be at least 1.",
  },
  {
    name: "an infinite dilation",
    run: () => convTranspose1d(node(1, 3, 5), node(3, 4, 3), { dilation: Number.POSITIVE_INFINITY }),
    error: UsageError,
    text: "convTranspose1d: dilation is Infinity; it must be a whole number of at least 1.",
  },
  {
    name: "groups that do not divide",
    run: () => convTranspose1d(node(1, 3, 5), node(3, 4, 3), { groups: 2 }),
    error: UsageError,
    text: "convTranspose1d: 2 groups for 3 channels in; groups must divide them.",
  },
]);
