import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { overlapAdd } from "../../src/ops/innerOps.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("overlapAdd", [
  {
    name: "adds up what overlaps",
    inputs: [{ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }],
    apply: (windows) => overlapAdd(windows, 0, { step: 1, length: 5 }),
    tolerance: exact,
    shape: [5],
    expected: [1, 6, 8, 6, 0],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [[1, 2, 3, 2, 3, 4]],
    secondGradient: true,
  },
  {
    name: "windows with gaps, and ends that are left out",
    inputs: [{ shape: [3, 2, 2], values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] }],
    apply: (windows) => overlapAdd(windows, 0, { step: 1, dilation: 3, before: 1, after: 2, length: 3 }),
    tolerance: exact,
    shape: [3, 2],
    expected: [5, 7, 9, 11, 2, 4],
    dy: [1, 2, 3, 4, 5, 6],
    expectedGradients: [[0, 5, 0, 6, 1, 0, 2, 0, 3, 0, 4, 0]],
  },
  {
    name: "windows side by side",
    inputs: [{ shape: [2, 2, 3], values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] }],
    apply: (windows) => overlapAdd(windows, 0, { step: 3, length: 6 }),
    tolerance: exact,
    shape: [6, 2],
    expected: [1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12],
  },
  {
    name: "no window",
    inputs: [{ shape: [0, 3] }],
    apply: (windows) => overlapAdd(windows, 0, { step: 1, length: 2 }),
    tolerance: exact,
    shape: [2],
    expected: [0, 0],
  },
]);

testErrors("overlapAdd", [
  {
    name: "windows beyond the end",
    run: () => overlapAdd(inputNode([2, 3], "f32"), 0, { step: 2, length: 4 }),
    error: ShapeError,
    text: "overlapAdd: the windows of [2, 3] reach 5 at a step of 2, and length is 4; they must fit in.",
  },
  {
    name: "whole numbers",
    run: () => overlapAdd(inputNode([2, 3], "i32"), 0, { step: 2, length: 5 }),
    error: DtypeError,
    text: "overlapAdd: windows has dtype i32; it must be f32 or f16.",
  },
  {
    name: "the axis of what is in the windows",
    run: () => overlapAdd(inputNode([2, 3], "f32"), 1, { step: 1, length: 5 }),
    error: ShapeError,
    text: "overlapAdd: axis 1 is out of range for 1 axes; it must be a whole number in -1..0.",
  },
  {
    name: "no step",
    run: () => overlapAdd(inputNode([2, 3], "f32"), 0, { step: 0, length: 5 }),
    error: UsageError,
    text: "overlapAdd: step is 0; it must be a whole number from 1.",
  },
  {
    name: "no length",
    run: () => overlapAdd(inputNode([2, 3], "f32"), 0, { step: 1, length: Number.NaN }),
    error: ShapeError,
    text: "overlapAdd: the windows of [2, 3] reach 4 at a step of 1, and length is NaN; they must fit in.",
  },
]);
