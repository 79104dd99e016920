import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { cosineSimilarity } from "../../src/ops/index.ts";
import { normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("cosineSimilarity", [
  {
    name: "known values; 0 for a row of 0",
    inputs: [
      { shape: [3, 2], values: [3, 4, 1, 0, 0, 0] },
      { shape: [3, 2], values: [4, 3, -2, 0, 1, 1] },
    ],
    apply: (x, target) => cosineSimilarity(x, target),
    tolerance: normalised,
    shape: [3],
    expected: [0.96, -1, 0],
    withoutGradient: true,
    roundsConstants: true,
  },
  {
    name: "numbers whose squares are small",
    inputs: [
      { shape: [1, 2], values: [3e-6, 4e-6] },
      { shape: [1, 2], values: [3e-6, 4e-6] },
    ],
    apply: (x, target) => cosineSimilarity(x, target),
    tolerance: normalised,
    expected: [1],
    withoutGradient: true,
    roundsConstants: true,
  },
  {
    name: "twice differentiated",
    inputs: [{ shape: [2, 3] }, { shape: [2, 3] }],
    apply: (x, target) => cosineSimilarity(x, target),
    tolerance: normalised,
    shape: [2],
    secondGradient: true,
  },
]);

testErrors("cosineSimilarity", [
  {
    name: "shapes that do not broadcast",
    run: () => cosineSimilarity(x, inputNode([2], "f32")),
    error: ShapeError,
    text: "cosineSimilarity: shapes [2, 3] and [2] do not broadcast; sizes, aligned at the last axis, must be equal or 1.",
  },
  {
    name: "an axis out of range",
    run: () => cosineSimilarity(x, x, { axis: 2 }),
    error: ShapeError,
    text: "cosineSimilarity: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "whole numbers",
    run: () => cosineSimilarity(inputNode([2, 3], "i32"), x),
    error: DtypeError,
    text: "cosineSimilarity: a has dtype i32; it must be f32 or f16.",
  },
  {
    name: "whole numbers on the other side",
    run: () => cosineSimilarity(x, inputNode([2, 3], "i32")),
    error: DtypeError,
    text: "cosineSimilarity: b has dtype i32; it must be f32 or f16.",
  },
  {
    name: "an eps of 0",
    run: () => cosineSimilarity(x, x, { eps: 0 }),
    error: UsageError,
    text: "cosineSimilarity: eps is 0; it must be above 0.",
  },
]);
