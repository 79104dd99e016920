import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { add, cdist, mul } from "../../src/ops/index.ts";
import { normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("cdist", [
  {
    name: "known values; equal rows do not pull",
    inputs: [
      { shape: [2, 2], values: [0, 0, 3, 4] },
      { shape: [1, 2], values: [0, 0] },
    ],
    apply: (x, target) => cdist(x, target),
    tolerance: normalised,
    shape: [2, 1],
    expected: [0, 5],
    dy: [1, 1],
    expectedGradients: [
      [0, 0, 0.6, 0.8],
      [-0.6, -0.8],
    ],
  },
  {
    name: "small distances far from 0",
    inputs: [
      { shape: [1, 2], values: [1000, 1000] },
      { shape: [1, 2], values: [1000.0625, 1000] },
    ],
    apply: (x, target) => cdist(x, target),
    tolerance: normalised,
    shape: [1, 1],
    expected: [0.0625],
    withoutGradient: true,
  },
  {
    name: "the largest, and how many differ",
    inputs: [
      { shape: [1, 3], values: [1, -5, 2] },
      { shape: [1, 3], values: [1, 1, 1] },
    ],
    apply: (x, target) =>
      add(mul(cdist(x, target, { p: Number.POSITIVE_INFINITY }), 10), cdist(x, target, { p: 0 })),
    tolerance: normalised,
    shape: [1, 1],
    expected: [62],
    withoutGradient: true,
  },
  {
    name: "twice differentiated",
    inputs: [{ shape: [2, 3] }, { shape: [2, 3] }],
    apply: (x, target) => cdist(x, target),
    tolerance: normalised,
    shape: [2, 2],
    secondGradient: true,
  },
]);

testErrors("cdist", [
  {
    name: "rows of another size",
    run: () => cdist(x, inputNode([2, 4], "f32")),
    error: ShapeError,
    text: "cdist: a is [2, 3] and b [2, 4]; their last sizes must be equal.",
  },
  {
    name: "a row alone",
    run: () => cdist(x, inputNode([3], "f32")),
    error: ShapeError,
    text: "cdist: b is [3]; it must be [..., rows, size].",
  },
  {
    name: "batches that do not broadcast",
    run: () => cdist(inputNode([2, 1, 3], "f32"), inputNode([3, 1, 3], "f32")),
    error: ShapeError,
    text: "cdist: shapes [2] and [3] do not broadcast; sizes, aligned at the last axis, must be equal or 1.",
  },
  {
    name: "whole numbers",
    run: () => cdist(inputNode([2, 3], "i32"), x),
    error: DtypeError,
    text: "cdist: a has dtype i32; it must be f32 or f16.",
  },
  {
    name: "a negative norm",
    run: () => cdist(x, x, { p: -2 }),
    error: UsageError,
    text: "cdist: p is -2; it must be at least 0.",
  },
]);
