import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { pixelShuffle, pixelUnshuffle } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("pixelShuffle", [
  {
    name: "four channels",
    inputs: [{ shape: [1, 4, 1, 2], values: [1, 2, 3, 4, 5, 6, 7, 8] }],
    apply: (x) => pixelShuffle(x, 2),
    tolerance: exact,
    shape: [1, 1, 2, 4],
    expected: [1, 3, 2, 4, 5, 7, 6, 8],
    dy: [0, 1, 2, 3, 4, 5, 6, 7],
    expectedGradients: [[0, 2, 1, 3, 4, 6, 5, 7]],
    secondGradient: true,
  },
  {
    name: "without a batch, by three",
    inputs: [{ shape: [18, 2, 3] }],
    apply: (x) => pixelShuffle(x, 3),
    tolerance: exact,
    shape: [2, 6, 9],
  },
  {
    name: "by one",
    inputs: [{ shape: [1, 2, 2, 2] }],
    apply: (x) => pixelShuffle(x, 1),
    tolerance: exact,
    shape: [1, 2, 2, 2],
  },
  {
    name: "no items",
    inputs: [{ shape: [0, 4, 2, 2] }],
    apply: (x) => pixelShuffle(x, 2),
    tolerance: exact,
    shape: [0, 1, 4, 4],
  },
]);

testOp("pixelUnshuffle", [
  {
    name: "one channel",
    inputs: [{ shape: [1, 2, 4], values: [1, 3, 2, 4, 5, 7, 6, 8] }],
    apply: (x) => pixelUnshuffle(x, 2),
    tolerance: exact,
    shape: [4, 1, 2],
    expected: [1, 2, 3, 4, 5, 6, 7, 8],
    dy: [0, 1, 2, 3, 4, 5, 6, 7],
    expectedGradients: [[0, 2, 1, 3, 4, 6, 5, 7]],
    secondGradient: true,
  },
  {
    name: "there and back",
    inputs: [{ shape: [2, 8, 2, 3] }],
    apply: (x) => pixelUnshuffle(pixelShuffle(x, 2), 2),
    tolerance: exact,
    shape: [2, 8, 2, 3],
  },
]);

testErrors("pixelShuffle", [
  {
    name: "channels that do not divide",
    run: () => pixelShuffle(inputNode([1, 6, 2, 2], "f32"), 2),
    error: ShapeError,
    text: "pixelShuffle: 6 channels in [1, 6, 2, 2]; they must be a multiple of 4.",
  },
  {
    name: "no channels",
    run: () => pixelShuffle(inputNode([2, 3], "f32"), 2),
    error: ShapeError,
    text: "pixelShuffle: x is [2, 3]; it must be [..., channels, height, width].",
  },
  {
    name: "a factor of 0",
    run: () => pixelShuffle(inputNode([4, 2, 2], "f32"), 0),
    error: UsageError,
    text: "pixelShuffle: factor is 0; it must be a whole number from 1.",
  },
  {
    name: "a height that does not divide",
    run: () => pixelUnshuffle(inputNode([1, 5, 6], "f32"), 2),
    error: ShapeError,
    text: "pixelUnshuffle: height and width of [1, 5, 6] are 5 and 6; both must be multiples of 2.",
  },
  {
    name: "half a factor",
    run: () => pixelUnshuffle(inputNode([1, 6, 6], "f32"), 1.5),
    error: UsageError,
    text: "pixelUnshuffle: factor is 1.5; it must be a whole number from 1.",
  },
]);
