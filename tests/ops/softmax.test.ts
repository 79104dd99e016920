import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import type { Value } from "../../src/graph/node.ts";
import { inputNode } from "../../src/graph/source.ts";
import { add, logSoftmax, slice, softmax, transpose } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import type { OpCase } from "./opCase.ts";
import { testErrors, testOp } from "./testOp.ts";

type Softmax = <T extends Value>(x: T, options?: { readonly axis?: number }) => T;

/** What both are run at. */
function commonCases(op: Softmax): OpCase[] {
  const drawn = (name: string, shape: readonly number[], axis?: number): OpCase => ({
    name,
    inputs: [{ shape, low: -5, high: 5 }],
    apply: (x) => op(x, { axis }),
    tolerance: normalised,
    shape,
    secondGradient: shape.length < 3 ? true : undefined,
  });
  return [
    drawn("a row", [5]),
    drawn("one class", [4, 1]),
    drawn("a prime count", [7, 13]),
    drawn("whole quads", [3, 8]),
    drawn("the first axis", [6, 5], 0),
    drawn("a middle axis", [2, 7, 3], 1),
    drawn("a middle axis, counted from the end", [2, 7, 3], -2),
    drawn("no row", [0, 5]),
    drawn("rows of nothing", [3, 0]),
    drawn("a long row", [2, 1500]),
    {
      name: "a transposed view",
      inputs: [{ shape: [9, 4] }],
      apply: (x) => op(transpose(x)),
      tolerance: normalised,
      shape: [4, 9],
    },
    {
      name: "every second column, backwards",
      inputs: [{ shape: [3, 11] }],
      apply: (x) => op(slice(x, { steps: [1, -2] })),
      tolerance: normalised,
      shape: [3, 6],
    },
    {
      name: "computed before it",
      inputs: [{ shape: [3, 6] }, { shape: [6] }],
      apply: (x, bias) => op(add(x, bias)),
      tolerance: normalised,
      shape: [3, 6],
    },
    {
      name: "large logits",
      inputs: [{ shape: [4, 9], low: -10000, high: 10000 }],
      apply: (x) => op(x),
      tolerance: normalised,
    },
    {
      name: "logits around 10,000",
      inputs: [{ shape: [4, 9], low: 9998, high: 10002 }],
      apply: (x) => op(x),
      tolerance: normalised,
    },
    {
      name: "logits around -10,000",
      inputs: [{ shape: [4, 9], low: -10002, high: -9998 }],
      apply: (x) => op(x),
      tolerance: normalised,
    },
    {
      name: "no number spoils its row alone",
      inputs: [{ shape: [2, 2], values: [Number.NaN, 1, 0, 0] }],
      apply: (x) => op(x),
      tolerance: normalised,
      expected:
        op === softmax ? [Number.NaN, Number.NaN, 0.5, 0.5] : [Number.NaN, Number.NaN, -Math.LN2, -Math.LN2],
      withoutGradient: true,
    },
  ];
}

const odds = [0, Math.log(2), Math.log(5)];

testOp("softmax", [
  {
    name: "known values",
    inputs: [given(odds)],
    apply: (x) => softmax(x),
    tolerance: normalised,
    expected: [0.125, 0.25, 0.625],
    secondGradient: true,
  },
  {
    name: "constant rows",
    inputs: [{ shape: [2, 4], values: [0, 0, 0, 0, 10000, 10000, 10000, 10000] }],
    apply: (x) => softmax(x),
    tolerance: normalised,
    expected: new Array<number>(8).fill(0.25),
  },
  {
    name: "a constant row of the lowest numbers",
    inputs: [given([-3e38, -3e38, -3e38, -3e38])],
    apply: (x) => softmax(x),
    tolerance: normalised,
    expected: new Array<number>(4).fill(0.25),
    withoutGradient: true,
  },
  {
    name: "masked classes",
    inputs: [{ shape: [2, 3], values: [1, -Infinity, 1, -Infinity, 7, -Infinity] }],
    apply: (x) => softmax(x),
    tolerance: normalised,
    expected: [0.5, 0, 0.5, 0, 1, 0],
    withoutGradient: true,
  },
  ...commonCases(softmax),
]);

testOp("logSoftmax", [
  {
    name: "known values",
    inputs: [given(odds)],
    apply: (x) => logSoftmax(x),
    tolerance: normalised,
    expected: [-3 * Math.LN2, -2 * Math.LN2, Math.log(0.625)],
    secondGradient: true,
  },
  {
    name: "constant rows",
    inputs: [{ shape: [2, 4], values: [0, 0, 0, 0, 10000, 10000, 10000, 10000] }],
    apply: (x) => logSoftmax(x),
    tolerance: normalised,
    expected: new Array<number>(8).fill(-2 * Math.LN2),
  },
  {
    name: "stays finite where the probability is 0",
    inputs: [given([0, -10000])],
    apply: (x) => logSoftmax(x),
    tolerance: normalised,
    expected: [0, -10000],
  },
  {
    name: "masked classes",
    inputs: [given([1, -Infinity, 1])],
    apply: (x) => logSoftmax(x),
    tolerance: normalised,
    expected: [-Math.LN2, -Infinity, -Math.LN2],
    withoutGradient: true,
  },
  ...commonCases(logSoftmax),
]);

testErrors("softmax", [
  {
    name: "an axis out of range",
    run: () => softmax(inputNode([2, 3], "f32"), { axis: 2 }),
    error: ShapeError,
    text: "softmax: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "a scalar",
    run: () => logSoftmax(inputNode([], "f32")),
    error: ShapeError,
    text: "logSoftmax: axis -1 is out of range for 0 axes; a scalar has no axes.",
  },
  {
    name: "integers",
    run: () => softmax(inputNode([2], "i32")),
    error: DtypeError,
    text: "softmax: x has dtype i32; it must be f32 or f16.",
  },
]);
