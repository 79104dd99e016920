import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { runningMoments } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

/** Rows of `batchStatistics` for two channels: means 10 and 20, variances 4 and 8; the others are not read. */
const statistics = { shape: [5, 2], values: [10, 20, 4, 8, 99, 99, 99, 99, 99, 99] };

testOp("runningMoments", [
  {
    name: "means and variances move by the momentum, the count by one",
    inputs: [given([0, 10, 2, 0, 6]), statistics],
    apply: (running, batch) => runningMoments(running, batch, 0.25),
    tolerance: normalised,
    shape: [5],
    dtype: "f32",
    expected: [2.5, 12.5, 2.5, 2, 7],
    withoutGradient: true,
  },
  {
    name: "without a momentum they are the mean over all batches",
    inputs: [given([0, 10, 2, 0, 3]), statistics],
    apply: (running, batch) => runningMoments(running, batch, null),
    tolerance: normalised,
    expected: [2.5, 12.5, 2.5, 2, 4],
    withoutGradient: true,
  },
  {
    name: "many channels",
    inputs: [{ shape: [135] }, { shape: [5, 67] }],
    apply: (running, batch) => runningMoments(running, batch, 0.5),
    tolerance: normalised,
    withoutGradient: true,
  },
]);

testErrors("runningMoments", [
  {
    name: "running values of other channels",
    run: () => runningMoments(inputNode([4], "f32"), inputNode([5, 2], "f32"), 0.1),
    error: ShapeError,
    text: "runningMoments: running is [4] and statistics [5, 2]; they must be [2 channels + 1] and [5, channels], with a channel or more.",
  },
  {
    name: "no channel",
    run: () => runningMoments(inputNode([1], "f32"), inputNode([5, 0], "f32"), 0.1),
    error: ShapeError,
    text: "runningMoments: running is [1] and statistics [5, 0]; they must be [2 channels + 1] and [5, channels], with a channel or more.",
  },
  {
    name: "a momentum above 1",
    run: () => runningMoments(inputNode([5], "f32"), inputNode([5, 2], "f32"), 1.5),
    error: UsageError,
    text: "runningMoments: momentum is 1.5; it must be null or from 0 to 1.",
  },
]);
