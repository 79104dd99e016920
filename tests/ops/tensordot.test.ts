import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { tensordot } from "../../src/ops/index.ts";
import { normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("tensordot", [
  {
    name: "known values",
    inputs: [
      { shape: [2, 2], values: [1, 2, 3, 4] },
      { shape: [2, 2], values: [5, 6, 7, 8] },
    ],
    apply: (x, target) => tensordot(x, target, { axes: [[0], [1]] }),
    tolerance: normalised,
    shape: [2, 2],
    expected: [23, 31, 34, 46],
    secondGradient: true,
  },
  {
    name: "two axes where nothing is said",
    inputs: [
      { shape: [2, 2], values: [1, 2, 3, 4] },
      { shape: [2, 2], values: [5, 6, 7, 8] },
    ],
    apply: (x, target) => tensordot(x, target),
    tolerance: normalised,
    shape: [],
    expected: [70],
    withoutGradient: true,
  },
]);

testErrors("tensordot", [
  {
    name: "sizes that differ",
    run: () => tensordot(x, x, { axes: 1 }),
    error: ShapeError,
    text: "tensordot: axes [1] of a [2, 3] and [0] of b [2, 3] differ in size; they must not.",
  },
  {
    name: "more axes than there are",
    run: () => tensordot(x, x, { axes: 3 }),
    error: ShapeError,
    text: "tensordot: axes is 3 for a [2, 3] and b [2, 3]; it must be a whole number of axes that both have.",
  },
  {
    name: "more of one than of the other",
    run: () => tensordot(x, x, { axes: [[0], []] }),
    error: ShapeError,
    text: "tensordot: 1 axes of a and 0 of b; there must be as many of each.",
  },
  {
    name: "an axis twice",
    run: () =>
      tensordot(x, x, {
        axes: [
          [0, -2],
          [0, 1],
        ],
      }),
    error: ShapeError,
    text: "tensordot: axes [0, 0] name an axis twice; each may stand once.",
  },
  {
    name: "an axis out of range",
    run: () => tensordot(x, x, { axes: [[2], [0]] }),
    error: ShapeError,
    text: "tensordot: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "whole numbers",
    run: () => tensordot(inputNode([2, 3], "i32"), x),
    error: DtypeError,
    text: "tensordot: a has dtype i32; it must be f32 or f16.",
  },
]);
