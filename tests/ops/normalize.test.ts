import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { normalize } from "../../src/ops/index.ts";
import { normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("normalize", [
  {
    name: "known values; a row of 0 stays one, and its slope is 1 / eps",
    inputs: [{ shape: [2, 2], values: [3, 4, 0, 0] }],
    apply: (x) => normalize(x, { eps: 0.25 }),
    tolerance: normalised,
    expected: [0.6, 0.8, 0, 0],
    dy: [1, 0, 1, 0],
    expectedGradients: [[0.128, -0.096, 4, 0]],
    roundsConstants: true,
  },
  {
    name: "by the largest, over all axes",
    inputs: [{ shape: [2, 2], values: [1, -4, 2, 0] }],
    apply: (x) => normalize(x, { p: Number.POSITIVE_INFINITY, axis: [0, 1] }),
    tolerance: normalised,
    expected: [0.25, -1, 0.5, 0],
    withoutGradient: true,
  },
  {
    name: "twice differentiated",
    inputs: [{ shape: [2, 3] }],
    apply: (x) => normalize(x),
    tolerance: normalised,
    secondGradient: true,
  },
]);

testErrors("normalize", [
  {
    name: "an axis out of range",
    run: () => normalize(x, { axis: 2 }),
    error: ShapeError,
    text: "sum: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "whole numbers",
    run: () => normalize(inputNode([2, 3], "i32")),
    error: DtypeError,
    text: "normalize: x has dtype i32; it must be f32 or f16.",
  },
  {
    name: "a negative norm",
    run: () => normalize(x, { p: -1 }),
    error: UsageError,
    text: "normalize: p is -1; it must be at least 0.",
  },
  {
    name: "a norm that is no number",
    run: () => normalize(x, { p: Number.NaN }),
    error: UsageError,
    text: "normalize: p is NaN; it must be at least 0.",
  },
  {
    name: "a negative eps",
    run: () => normalize(x, { eps: -1 }),
    error: UsageError,
    text: "normalize: eps is -1; it must be at least 0.",
  },
]);
