import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { batchNorm, conv2d, leakyRelu, permute, relu, slice } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import type { InputSpec, OpCase } from "./opCase.ts";
import { testErrors, testOp } from "./testOp.ts";

const spread = { low: -3, high: 5 };

/** A number for each channel, no two alike. */
function perChannel(channels: number): InputSpec {
  return { shape: [channels], low: 0.5, high: 2 };
}

/** In training, with a weight and a bias. */
function trained(shape: readonly number[], rest: Partial<OpCase> = {}): OpCase {
  return {
    name: `training, [${shape.join(", ")}]`,
    inputs: [{ shape, ...spread }, perChannel(shape[1]), perChannel(shape[1])],
    apply: (x, weight, bias) => batchNorm(x, { weight, bias, training: true }),
    tolerance: normalised,
    shape,
    ...rest,
  };
}

testOp("batchNorm in training", [
  {
    name: "known values",
    // Channels (1, 3) and (7, -3): variances 1 and 25, with eps 3 the deviations are 2 and the square root of 28.
    inputs: [{ shape: [2, 2], values: [1, 7, 3, -3] }, given([2, 3]), given([0.5, -0.5])],
    apply: (x, weight, bias) => batchNorm(x, { weight, bias, training: true, eps: 3 }),
    tolerance: normalised,
    expected: [-0.5, -0.5 + 15 / Math.sqrt(28), 1.5, -0.5 - 15 / Math.sqrt(28)],
    secondGradient: true,
  },
  {
    name: "known gradients",
    // Normalised values are -1 and 1: channels of two values have no other direction to go.
    inputs: [{ shape: [2, 2], values: [-1, 1, 1, -1] }, given([2, 3]), given([0, 0])],
    apply: (x, weight, bias) => batchNorm(x, { weight, bias, training: true, eps: 0 }),
    tolerance: normalised,
    dy: [1, 10, 100, 1000],
    expected: [-2, 3, 2, -3],
    expectedGradients: [
      [0, 0, 0, 0],
      [-1 + 100, 10 - 1000],
      [101, 1010],
    ],
  },
  {
    name: "eps is 1e-5 unless told",
    inputs: [{ shape: [2, 1], values: [0.001, -0.001] }],
    apply: (x) => batchNorm(x, { training: true }),
    tolerance: normalised,
    expected: [0.001, -0.001].map((value) => value / Math.sqrt(1e-6 + 1e-5)),
  },
  {
    name: "constant channels give the bias",
    inputs: [
      { shape: [2, 2, 2], values: [1000, 1000, -3, -3, 1000, 1000, -3, -3] },
      given([1, 2]),
      given([4, 5]),
    ],
    apply: (x, weight, bias) => batchNorm(x, { weight, bias, training: true }),
    tolerance: normalised,
    expected: [4, 4, 5, 5, 4, 4, 5, 5],
    dy: [0, 2, 0, 0, 0, 2, 0, 0],
    // Differences are too coarse where the deviation is that of eps alone: dx = (dy - mean dy) / sqrt(eps).
    expectedGradients: [[-1, 1, 0, 0, -1, 1, 0, 0].map((value) => value / Math.sqrt(1e-5)), [0, 0], [4, 0]],
  },
  trained([4, 3]),
  trained([2, 1]),
  trained([3, 2, 5], { secondGradient: true }),
  trained([2, 3, 2, 4], { secondGradient: true }),
  trained([1, 2, 7]),
  trained([33, 5]),
  trained([67, 130]),
  trained([5, 3, 7, 9]),
  trained([2, 3, 2, 2, 3]),
  trained([3, 2, 16, 17]),
  // So many values that a channel is cut into slabs, by both profiles.
  trained([11, 1, 40, 44]),
  trained([9, 2, 4100]),
  trained([4099, 2]),
  trained([0, 3, 4], { expectedGradients: [[], [0, 0, 0], [0, 0, 0]] }),
  trained([2, 3, 0], { expectedGradients: [[], [0, 0, 0], [0, 0, 0]] }),
  trained([4, 0], { expectedGradients: [[], [], []] }),
  {
    name: "a mean far above the deviation",
    inputs: [{ shape: [6, 2, 20], low: 999, high: 1001 }, perChannel(2)],
    apply: (x, weight) => batchNorm(x, { weight, training: true }),
    tolerance: normalised,
  },
  {
    name: "a mean of 1000 and a tiny variance, in slabs",
    inputs: [{ shape: [9, 1, 2048], low: 999.9, high: 1000.1 }],
    apply: (x) => batchNorm(x, { training: true }),
    tolerance: normalised,
    withoutGradient: true,
  },
  {
    name: "one value far from the others",
    inputs: [{ shape: [4, 2], values: [1e6, 1, 2, 3, 0, 0, -1, 1e6] }],
    apply: (x) => batchNorm(x, { training: true }),
    tolerance: normalised,
    withoutGradient: true,
  },
  {
    name: "without a weight",
    inputs: [{ shape: [5, 3], ...spread }, perChannel(3)],
    apply: (x, bias) => batchNorm(x, { bias, training: true }),
    tolerance: normalised,
    secondGradient: true,
  },
  {
    name: "before a leaky activation",
    inputs: [{ shape: [3, 2, 4], ...spread }, perChannel(2)],
    apply: (x, weight) => leakyRelu(batchNorm(x, { weight, training: true })),
    tolerance: normalised,
  },
  {
    name: "channels last, read where they stand",
    inputs: [{ shape: [3, 4, 5, 2], ...spread }, perChannel(2)],
    apply: (x, weight) => batchNorm(permute(x, [0, 3, 1, 2]), { weight, training: true }),
    tolerance: normalised,
    shape: [3, 2, 4, 5],
  },
  {
    name: "every second column, backwards",
    inputs: [{ shape: [3, 2, 9], ...spread }],
    apply: (x) => batchNorm(slice(x, { steps: [1, 1, -2] }), { training: true }),
    tolerance: normalised,
    shape: [3, 2, 5],
  },
  {
    name: "no number spoils its channel alone",
    inputs: [{ shape: [2, 2], values: [Number.NaN, 3, 1, -3] }],
    apply: (x) => batchNorm(x, { training: true, eps: 0 }),
    tolerance: normalised,
    expected: [Number.NaN, 1, Number.NaN, -1],
    withoutGradient: true,
  },
]);

/** In evaluation, with all that can be given. */
function evaluated(shape: readonly number[]): OpCase {
  const channels = shape[1];
  return {
    name: `evaluation, [${shape.join(", ")}]`,
    inputs: [
      { shape, ...spread },
      perChannel(channels),
      perChannel(channels),
      perChannel(channels),
      perChannel(channels),
    ],
    apply: (x, runningMean, runningVar, weight, bias) =>
      batchNorm(x, { runningMean, runningVar, weight, bias }),
    tolerance: normalised,
    shape,
    secondGradient: shape.length === 3 ? true : undefined,
  };
}

testOp("batchNorm in evaluation", [
  {
    name: "known values",
    inputs: [
      { shape: [1, 2, 2], values: [1, 2, 3, 4] },
      given([1, 3]),
      given([1, 13]),
      given([2, 4]),
      given([5, 6]),
    ],
    apply: (x, runningMean, runningVar, weight, bias) =>
      batchNorm(x, { runningMean, runningVar, weight, bias, eps: 3 }),
    tolerance: normalised,
    expected: [5, 6, 6, 7],
  },
  evaluated([3, 5]),
  evaluated([1, 3]),
  evaluated([2, 3, 5]),
  evaluated([2, 3, 4, 4]),
  evaluated([0, 3]),
  {
    name: "without a weight and a bias",
    inputs: [{ shape: [4, 3], ...spread }, perChannel(3), perChannel(3)],
    apply: (x, runningMean, runningVar) => batchNorm(x, { runningMean, runningVar }),
    tolerance: normalised,
  },
  {
    name: "behind a convolution and before an activation",
    inputs: [{ shape: [2, 3, 5, 5] }, { shape: [4, 3, 3, 3] }, perChannel(4), perChannel(4), perChannel(4)],
    apply: (x, w, bias, runningMean, runningVar) =>
      relu(batchNorm(conv2d(x, w, { bias }), { runningMean, runningVar, weight: bias })),
    tolerance: normalised,
    withoutGradient: true,
  },
]);

const x = inputNode([2, 3, 4], "f32");
const f32 = (...shape: number[]) => inputNode(shape, "f32");

testErrors("batchNorm", [
  {
    name: "one value per channel",
    run: () => batchNorm(f32(1, 3, 1), { training: true }),
    error: UsageError,
    text: "batchNorm: x is [1, 3, 1], one value per channel, which has no variance; training needs more than one.",
  },
  {
    name: "evaluation without running values",
    run: () => batchNorm(x, { runningMean: f32(3) }),
    error: UsageError,
    text: "batchNorm: runningMean or runningVar is missing; evaluation needs both, training neither.",
  },
  {
    name: "no axis of channels",
    run: () => batchNorm(f32(3), { training: true }),
    error: ShapeError,
    text: "batchNorm: x is [3]; it must be [batch, channels, ...], with two axes at least.",
  },
  {
    name: "a weight of another size",
    run: () => batchNorm(x, { weight: f32(4), training: true }),
    error: ShapeError,
    text: "batchNorm: weight is [4]; it must be [3], a number for each channel.",
  },
  {
    name: "a running mean of another shape",
    run: () => batchNorm(x, { runningMean: f32(1, 3), runningVar: f32(3) }),
    error: ShapeError,
    text: "batchNorm: runningMean is [1, 3]; it must be [3], a number for each channel.",
  },
  {
    name: "integers",
    run: () => batchNorm(inputNode([2, 3], "i32"), { training: true }),
    error: DtypeError,
    text: "batchNorm: x has dtype i32; it must be f32 or f16.",
  },
  {
    name: "an integer bias",
    run: () => batchNorm(x, { bias: inputNode([3], "u32"), training: true }),
    error: DtypeError,
    text: "batchNorm: bias has dtype u32; it must be f32 or f16.",
  },
  {
    name: "a negative eps",
    run: () => batchNorm(x, { training: true, eps: -1 }),
    error: UsageError,
    text: "batchNorm: eps is -1; it must be a finite number of at least 0.",
  },
]);
