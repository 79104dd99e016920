import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { mul, pad, transpose } from "../../src/ops/index.ts";
import { exact, sums, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("pad", [
  {
    name: "zeros around rows and columns",
    inputs: [{ shape: [1, 2], values: [1, 2] }],
    apply: (x) => pad(x, [1, 2, 0, 1]),
    tolerance: exact,
    shape: [2, 5],
    expected: [0, 1, 2, 0, 0, 0, 0, 0, 0, 0],
    dy: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    expectedGradients: [[1, 2]],
    secondGradient: true,
  },
  {
    name: "a value, and a row less",
    inputs: [{ shape: [3, 4] }],
    apply: (x) => pad(mul(x, 2), [1, 2, -1, 3], { value: 2.5 }),
    tolerance: ulps(1),
    shape: [5, 7],
  },
  {
    name: "cut off on both sides",
    inputs: [{ shape: [4, 5] }],
    apply: (x) => pad(x, [-1, -2]),
    tolerance: exact,
    shape: [4, 2],
  },
  {
    name: "reflect",
    inputs: [{ shape: [1, 4], values: [1, 2, 3, 4] }],
    apply: (x) => pad(x, [3, 2], { mode: "reflect" }),
    tolerance: exact,
    expected: [4, 3, 2, 1, 2, 3, 4, 3, 2],
    dy: [1, 2, 3, 4, 5, 6, 7, 8, 9],
    expectedGradients: [[4, 17, 16, 8]],
    secondGradient: true,
  },
  {
    name: "replicate",
    inputs: [{ shape: [1, 3], values: [1, 2, 3] }],
    apply: (x) => pad(x, [2, 1], { mode: "replicate" }),
    tolerance: exact,
    expected: [1, 1, 1, 2, 3, 3],
    dy: [1, 2, 4, 8, 16, 32],
    expectedGradients: [[7, 8, 48]],
    secondGradient: true,
  },
  {
    name: "circular",
    inputs: [{ shape: [1, 3], values: [1, 2, 3] }],
    apply: (x) => pad(x, [2, 1], { mode: "circular" }),
    tolerance: exact,
    expected: [2, 3, 1, 2, 3, 1],
    dy: [1, 2, 4, 8, 16, 32],
    expectedGradients: [[36, 9, 18]],
    secondGradient: true,
  },
  {
    name: "reflected in two directions, through a view",
    inputs: [{ shape: [4, 3] }],
    apply: (x) => pad(transpose(x), [3, 1, 2, 0], { mode: "reflect" }),
    tolerance: exact,
    shape: [5, 8],
    gradientTolerance: sums(4),
  },
  {
    name: "reflection reaches what is cut off",
    inputs: [{ shape: [3], values: [1, 2, 3] }],
    apply: (x) => pad(x, [-2, 2], { mode: "reflect" }),
    tolerance: exact,
    expected: [3, 2, 1],
  },
  {
    name: "out of nothing",
    inputs: [{ shape: [0, 2] }],
    apply: (x) => pad(x, [0, 0, 1, 1], { value: 3 }),
    tolerance: exact,
    shape: [2, 2],
    expected: [3, 3, 3, 3],
  },
  {
    name: "i32",
    inputs: [{ shape: [2], values: [16777217, -5], dtype: "i32" }],
    apply: (x) => pad(x, [1, 0], { value: 16777219 }),
    tolerance: exact,
    dtype: "i32",
    expected: [16777219, 16777217, -5],
    withoutGradient: true,
  },
]);

testErrors("pad", [
  {
    name: "one number",
    run: () => pad(inputNode([2, 3], "f32"), [1]),
    error: UsageError,
    text: "pad: 1 numbers for x [2, 3]; there must be two for each axis that is padded, the last axis first.",
  },
  {
    name: "more axes than there are",
    run: () => pad(inputNode([2, 3], "f32"), [1, 1, 1, 1, 1, 1]),
    error: UsageError,
    text: "pad: 6 numbers for x [2, 3]; there must be two for each axis that is padded, the last axis first.",
  },
  {
    name: "a fraction",
    run: () => pad(inputNode([2, 3], "f32"), [0.5, 1]),
    error: UsageError,
    text: "pad: a padding is 0.5; it must be a whole number from -9007199254740991.",
  },
  {
    name: "an unknown mode",
    run: () => pad(inputNode([2, 3], "f32"), [1, 1], { mode: "mirror" as "reflect" }),
    error: UsageError,
    text: 'pad: mode "mirror"; it must be one of "constant", "reflect", "replicate", "circular".',
  },
  {
    name: "a value where there is none",
    run: () => pad(inputNode([2, 3], "f32"), [1, 1], { mode: "reflect", value: 1 }),
    error: UsageError,
    text: 'pad: value is 1 for mode "reflect"; only "constant" has one.',
  },
  {
    name: "more taken than there is",
    run: () => pad(inputNode([2, 3], "f32"), [-2, -2]),
    error: ShapeError,
    text: "pad: -2 and -2 take more from axis 1 of [2, 3] than its 3; they may take all of it.",
  },
  {
    name: "a reflection of all",
    run: () => pad(inputNode([2, 3], "f32"), [3, 0], { mode: "reflect" }),
    error: ShapeError,
    text: 'pad: 3 elements to add to axis 1 of [2, 3] in mode "reflect"; there may be at most 2.',
  },
  {
    name: "more than once around",
    run: () => pad(inputNode([2, 3], "f32"), [0, 4], { mode: "circular" }),
    error: ShapeError,
    text: 'pad: 4 elements to add to axis 1 of [2, 3] in mode "circular"; there may be at most 3.',
  },
  {
    name: "copies of nothing",
    run: () => pad(inputNode([0], "f32"), [1, 0], { mode: "replicate" }),
    error: ShapeError,
    text: 'pad: 1 elements to add to axis 0 of [0] in mode "replicate"; there may be at most 0.',
  },
  {
    name: "a fraction in whole numbers",
    run: () => pad(inputNode([2], "i32"), [1, 0], { value: 0.5 }),
    error: UsageError,
    text: "pad: value for i32 is 0.5; it must be a whole number from -2147483648 to 4294967295.",
  },
]);
