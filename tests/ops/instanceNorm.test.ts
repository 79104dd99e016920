import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { instanceNorm } from "../../src/ops/index.ts";
import { instanceMoments } from "../../src/ops/instanceNorm.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("instanceNorm", [
  {
    name: "known values",
    // Variances 1 and 25, with eps 3 the deviations are 2 and the root of 28.
    inputs: [{ shape: [1, 2, 2], values: [1, 3, 7, -3] }, given([2, 4]), given([0, 1])],
    apply: (x, weight, bias) => instanceNorm(x, { weight, bias, eps: 3 }),
    tolerance: normalised,
    expected: [-1, 1, 1 + 20 / Math.sqrt(28), 1 - 20 / Math.sqrt(28)],
    secondGradient: true,
  },
  {
    name: "constant channels give the bias",
    inputs: [{ shape: [1, 2, 3], values: [1000, 1000, 1000, -3, -3, -3] }, given([4, 5])],
    apply: (x, bias) => instanceNorm(x, { bias }),
    tolerance: normalised,
    expected: [4, 4, 4, 5, 5, 5],
    dy: [1, 1, 1, 6, 0, 0],
    // Differences are too coarse where the deviation is that of eps alone: dx = (dy - mean dy) / sqrt(eps).
    expectedGradients: [[0, 0, 0, 4, -2, -2].map((value) => value / Math.sqrt(1e-5)), [3, 6]],
  },
  {
    name: "a mean of 1000 and a tiny variance",
    inputs: [{ shape: [2, 2, 5, 5], low: 999.9, high: 1000.1 }],
    apply: (x) => instanceNorm(x),
    tolerance: normalised,
    withoutGradient: true,
  },
  {
    name: "by running values, without places",
    inputs: [{ shape: [2, 2], values: [1, 2, 3, 4] }, given([1, 3]), given([1, 13])],
    apply: (x, runningMean, runningVar) =>
      instanceNorm(x, { runningMean, runningVar, useInputStats: false, eps: 3 }),
    tolerance: normalised,
    expected: [0, -0.25, 1, 0.25],
  },
]);

testOp("moments of instances", [
  {
    name: "means, then unbiased variances, averaged over the items",
    inputs: [{ shape: [2, 2, 2], values: [1, 3, 10, 10, 5, 5, 0, 8] }],
    apply: (x) => instanceMoments(x, 1e-5),
    tolerance: normalised,
    expected: [3.5, 7, 1, 16],
  },
]);

const x = inputNode([2, 3, 4], "f32");
const f32 = (...shape: number[]) => inputNode(shape, "f32");

testErrors("instanceNorm", [
  {
    name: "one value per channel",
    run: () => instanceNorm(f32(2, 3)),
    error: UsageError,
    text: "instanceNorm: x is [2, 3], one value per channel of an item, which has no variance; there must be more than one.",
  },
  {
    name: "running values that are missing",
    run: () => instanceNorm(x, { runningVar: f32(3), useInputStats: false }),
    error: UsageError,
    text: "instanceNorm: runningMean or runningVar is missing; without useInputStats both are needed.",
  },
  {
    name: "running values of another size",
    run: () => instanceNorm(x, { runningMean: f32(3), runningVar: f32(4), useInputStats: false }),
    error: ShapeError,
    text: "instanceNorm: runningVar is [4]; it must be [3], a number for each channel.",
  },
  {
    name: "no axis of channels",
    run: () => instanceNorm(f32(3)),
    error: ShapeError,
    text: "instanceNorm: x is [3]; it must be [batch, channels, ...], with two axes at least.",
  },
  {
    name: "a weight of another size",
    run: () => instanceNorm(x, { weight: f32(4) }),
    error: ShapeError,
    text: "instanceNorm: weight is [4]; it must be [3], a number for each channel.",
  },
  {
    name: "integers",
    run: () => instanceNorm(inputNode([2, 3, 4], "u32")),
    error: DtypeError,
    text: "instanceNorm: x has dtype u32; it must be f32 or f16.",
  },
  {
    name: "a negative eps",
    run: () => instanceNorm(x, { eps: -1 }),
    error: UsageError,
    text: "instanceNorm: eps is -1; it must be a finite number of at least 0.",
  },
]);
