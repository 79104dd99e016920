import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { add, mul, pairwiseDistance } from "../../src/ops/index.ts";
import { normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("pairwiseDistance", [
  {
    name: "known values, none of them the root of 0",
    inputs: [
      { shape: [2, 2], values: [3, 4, 1, 1] },
      { shape: [2, 2], values: [0, 0, 1, 1] },
    ],
    apply: (x, target) => pairwiseDistance(x, target, { eps: 0 }),
    tolerance: normalised,
    shape: [2],
    expected: [5, 0],
    dy: [1, 1],
    expectedGradients: [
      [0.6, 0.8, 0, 0],
      [-0.6, -0.8, 0, 0],
    ],
  },
  {
    name: "the largest, and how many differ",
    inputs: [
      { shape: [1, 3], values: [1, -5, 2] },
      { shape: [1, 3], values: [1, 1, 1] },
    ],
    apply: (x, target) =>
      add(
        mul(pairwiseDistance(x, target, { p: Number.POSITIVE_INFINITY, eps: 0 }), 10),
        pairwiseDistance(x, target, { p: 0, eps: 0 }),
      ),
    tolerance: normalised,
    shape: [1],
    expected: [62],
    withoutGradient: true,
  },
  {
    name: "twice differentiated",
    inputs: [{ shape: [2, 3] }, { shape: [2, 3] }],
    apply: (x, target) => pairwiseDistance(x, target, { p: 3 }),
    tolerance: normalised,
    shape: [2],
    secondGradient: true,
  },
]);

testErrors("pairwiseDistance", [
  {
    name: "shapes that do not broadcast",
    run: () => pairwiseDistance(x, inputNode([2], "f32")),
    error: ShapeError,
    text: "pairwiseDistance: shapes [2, 3] and [2] do not broadcast; sizes, aligned at the last axis, must be equal or 1.",
  },
  {
    name: "whole numbers",
    run: () => pairwiseDistance(inputNode([2, 3], "i32"), x),
    error: DtypeError,
    text: "pairwiseDistance: a has dtype i32; it must be f32 or f16.",
  },
  {
    name: "whole numbers on the other side",
    run: () => pairwiseDistance(x, inputNode([2, 3], "i32")),
    error: DtypeError,
    text: "pairwiseDistance: b has dtype i32; it must be f32 or f16.",
  },
  {
    name: "a negative norm",
    run: () => pairwiseDistance(x, x, { p: -1 }),
    error: UsageError,
    text: "pairwiseDistance: p is -1; it must be at least 0.",
  },
  {
    name: "an eps that is no number",
    run: () => pairwiseDistance(x, x, { eps: Number.NaN }),
    error: UsageError,
    text: "pairwiseDistance: eps is NaN; it must be a finite number.",
  },
]);
