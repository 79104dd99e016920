import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import {
  maxPool1dWithIndices,
  maxPool2dWithIndices,
  maxPool3dWithIndices,
  permute,
} from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { fitErrors, fours, paddingErrors, windowErrors } from "./poolErrors.ts";
import { testErrors, testOp } from "./testOp.ts";

const NAN = Number.NaN;

testOp("maxPool2dWithIndices", [
  {
    name: "places in planes of several channels, which are a view",
    inputs: [{ shape: [2, 2, 4, 2], values: [...Array(32).keys()].map((i) => (i * 13) % 32) }],
    apply: (x) => maxPool2dWithIndices(permute(x, [0, 3, 1, 2]), [2, 1]).indices,
    tolerance: exact,
    dtype: "i32",
    shape: [2, 2, 1, 4],
    expected: [4, 1, 6, 7, 4, 5, 6, 3, 4, 5, 6, 3, 0, 5, 6, 7],
    withoutGradient: true,
  },
  {
    name: "the last that is no number, and the first of equal ones",
    inputs: [{ shape: [1, 2, 2, 2], values: [NAN, 9, NAN, 3, 5, 5, 5, 5] }],
    apply: (x) => maxPool2dWithIndices(x, 2).indices,
    tolerance: exact,
    expected: [2, 0],
    withoutGradient: true,
  },
  {
    name: "a dilated window that holds nothing but padding",
    inputs: [{ shape: [1, 1, 1, 1] }],
    apply: (x) => maxPool2dWithIndices(x, 2, { padding: 1, dilation: 2 }).indices,
    tolerance: exact,
    expected: [0],
    withoutGradient: true,
  },
  {
    name: "values are differentiated twice",
    inputs: [{ shape: [1, 1, 2, 3, 4], integers: true, low: -5000, high: 5000 }],
    apply: (x) => maxPool3dWithIndices(x, [2, 2, 2], { stride: 1 }).values,
    tolerance: exact,
    gradientTolerance: { family: "reduction", length: 8 },
    shape: [1, 1, 1, 2, 3],
    secondGradient: true,
  },
]);

testErrors("maxPool1dWithIndices", [
  ...windowErrors("maxPool1dWithIndices", 1, maxPool1dWithIndices),
  ...paddingErrors("maxPool1dWithIndices", 1, maxPool1dWithIndices),
  ...fitErrors("maxPool1dWithIndices", 1, maxPool1dWithIndices),
  {
    name: "more places than f32 has numbers for",
    run: () => maxPool1dWithIndices(inputNode([1, 1, 2 ** 24 + 1], "f32"), 2),
    error: ShapeError,
    text:
      "maxPool1dWithIndices: x is [1, 1, 16777217], with 16777217 places in each channel; at most 16777216 can be told " +
      "apart.",
  },
]);

testErrors("maxPool2dWithIndices", [
  ...windowErrors("maxPool2dWithIndices", 2, maxPool2dWithIndices),
  ...paddingErrors("maxPool2dWithIndices", 2, maxPool2dWithIndices),
  {
    name: "a dilation of 0",
    run: () => maxPool2dWithIndices(fours(2), 2, { dilation: [1, 0] }),
    error: UsageError,
    text: "maxPool2dWithIndices: dilation is 0; it must be a whole number of at least 1.",
  },
]);

testErrors("maxPool3dWithIndices", [
  ...windowErrors("maxPool3dWithIndices", 3, maxPool3dWithIndices),
  ...fitErrors("maxPool3dWithIndices", 3, maxPool3dWithIndices),
]);
