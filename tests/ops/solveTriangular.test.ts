import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { solveTriangular, transpose } from "../../src/ops/index.ts";
import { triangular } from "./definiteMatrices.ts";
import { normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const a = inputNode([3, 3], "f32");
const lower = { upper: false };

testOp("solveTriangular", [
  {
    name: "known values, the other triangle not read",
    inputs: [
      { shape: [2, 2], values: [2, Number.NaN, 1, 4] },
      { shape: [2, 1], values: [6, 11] },
    ],
    apply: (a, b) => solveTriangular(a, b, { upper: false }),
    tolerance: normalised,
    expected: [3, 2],
    dy: [1, 2],
    expectedGradients: [
      [-0.75, 0, -1.5, -1],
      [0.25, 0.5],
    ],
  },
  {
    name: "from the right, upper, a diagonal of ones that is not read",
    inputs: [
      { shape: [2, 2], values: [Number.NaN, 3, 0, 0] },
      { shape: [1, 2], values: [5, 17] },
    ],
    apply: (a, b) => solveTriangular(a, b, { upper: true, left: false, unitriangular: true }),
    tolerance: normalised,
    expected: [5, 2],
    withoutGradient: true,
  },
  {
    name: "a 0 on the diagonal",
    inputs: [
      { shape: [2, 2], values: [0, 0, 0, 0] },
      { shape: [2, 1], values: [1, 1] },
    ],
    apply: (a, b) => solveTriangular(a, b, { upper: false }),
    tolerance: normalised,
    expected: [Infinity, Number.NaN],
    withoutGradient: true,
    referenceOnly: "WGSL leaves open what a division by 0 gives",
  },
  {
    name: "gradients of gradients, two batches",
    inputs: [{ ...triangular(3, true, 0), constant: false }, { shape: [2, 3, 2] }],
    apply: (a, b) => solveTriangular(a, b, { upper: true }),
    tolerance: normalised,
    shape: [2, 3, 2],
    secondGradient: true,
  },
  {
    name: "blocks of a lower matrix, many columns of a view",
    inputs: [{ ...triangular(71, false), constant: true }, { shape: [19, 71] }],
    apply: (a, b) => solveTriangular(a, transpose(b), { upper: false }),
    tolerance: normalised,
    withoutGradient: true,
  },
  {
    name: "blocks of an upper matrix from the right, ones on the diagonal",
    inputs: [{ ...triangular(67, true), constant: true }, { shape: [3, 67] }],
    apply: (a, b) => solveTriangular(a, b, { upper: true, left: false, unitriangular: true }),
    tolerance: normalised,
    withoutGradient: true,
  },
  {
    name: "no columns",
    inputs: [{ shape: [3, 3] }, { shape: [3, 0] }],
    apply: (a, b) => solveTriangular(a, b, { upper: false }),
    tolerance: normalised,
    shape: [3, 0],
  },
  {
    name: "no rows",
    inputs: [{ shape: [0, 0] }, { shape: [2, 0, 3] }],
    apply: (a, b) => solveTriangular(a, b, { upper: false }),
    tolerance: normalised,
    shape: [2, 0, 3],
  },
]);

testErrors("solveTriangular", [
  {
    name: "whole numbers",
    run: () => solveTriangular(a, inputNode([3, 1], "i32"), lower),
    error: DtypeError,
    text: "solveTriangular: b has dtype i32; it must be f32 or f16.",
  },
  {
    name: "a matrix of truth values",
    run: () => solveTriangular(inputNode([3, 3], "bool"), inputNode([3, 1], "f32"), lower),
    error: DtypeError,
    text: "solveTriangular: a has dtype bool; it must be f32 or f16.",
  },
  {
    name: "a matrix that is not square",
    run: () => solveTriangular(inputNode([3, 2], "f32"), inputNode([3, 1], "f32"), lower),
    error: ShapeError,
    text: "solveTriangular: a is [3, 2]; it must be [..., n, n], square matrices.",
  },
  {
    name: "a vector for b",
    run: () => solveTriangular(a, inputNode([3], "f32"), lower),
    error: ShapeError,
    text: "solveTriangular: b is [3] for a [3, 3]; it must be [..., 3, k].",
  },
  {
    name: "other rows",
    run: () => solveTriangular(a, inputNode([2, 3], "f32"), lower),
    error: ShapeError,
    text: "solveTriangular: b is [2, 3] for a [3, 3]; it must be [..., 3, k].",
  },
  {
    name: "other columns, from the right",
    run: () => solveTriangular(a, inputNode([3, 2], "f32"), { upper: false, left: false }),
    error: ShapeError,
    text: "solveTriangular: b is [3, 2] for a [3, 3]; it must be [..., k, 3].",
  },
  {
    name: "batches that do not broadcast",
    run: () => solveTriangular(inputNode([2, 3, 3], "f32"), inputNode([4, 3, 1], "f32"), lower),
    error: ShapeError,
    text: "solveTriangular: shapes [2] and [4] do not broadcast; sizes, aligned at the last axis, must be equal or 1.",
  },
]);
