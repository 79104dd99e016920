import { test } from "vitest";
import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { add, cholesky, matmul, sum, transpose } from "../../src/ops/index.ts";
import { identity, positive } from "./definiteMatrices.ts";
import { normalised } from "./families.ts";
import { checkGradient, checkSecondGradient, type OpCase } from "./opCase.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("cholesky", [
  {
    name: "known values, the upper triangle not read",
    inputs: [{ shape: [2, 2, 2], values: [4, Number.NaN, 2, 5, 9, 100, -3, 5] }],
    apply: (a) => cholesky(a),
    tolerance: normalised,
    expected: [2, 0, 1, 2, 3, 0, -1, 2],
    withoutGradient: true,
  },
  {
    name: "upper",
    inputs: [{ shape: [2, 2], values: [4, 2, Number.NaN, 5] }],
    apply: (a) => cholesky(a, { upper: true }),
    tolerance: normalised,
    expected: [2, 1, 0, 2],
    withoutGradient: true,
  },
  {
    name: "no pivot above 0: NaN from there on",
    inputs: [{ shape: [3, 3], values: [4, 0, 0, 2, 1, 0, 2, 3, 100] }],
    apply: (a) => cholesky(a),
    tolerance: normalised,
    expected: [2, 0, 0, 1, Number.NaN, 0, 1, Number.NaN, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "a pivot of NaN, upper",
    inputs: [{ shape: [2, 2], values: [Number.NaN, 1, 1, 1] }],
    apply: (a) => cholesky(a, { upper: true }),
    tolerance: normalised,
    expected: [Number.NaN, Number.NaN, 0, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "two blocks",
    inputs: [positive(71)],
    apply: (a) => cholesky(a),
    tolerance: normalised,
    withoutGradient: true,
  },
  {
    name: "two blocks, a pivot in the second fails",
    inputs: [positive(67, 66)],
    apply: (a) => sum(cholesky(a), { axis: 0 }),
    tolerance: normalised,
    withoutGradient: true,
  },
  {
    name: "nothing",
    inputs: [{ shape: [2, 0, 0] }],
    apply: (a) => cholesky(a),
    tolerance: normalised,
    shape: [2, 0, 0],
  },
  {
    name: "no matrices",
    inputs: [{ shape: [0, 3, 3] }],
    apply: (a) => cholesky(a, { upper: true }),
    tolerance: normalised,
    shape: [0, 3, 3],
  },
]);

if (!__GPU__) {
  test("gradients, and gradients of gradients", () => {
    const symmetric: OpCase = {
      name: "two matrices",
      inputs: [{ shape: [2, 3, 3], low: -1, high: 1 }, identity(3, 2)],
      apply: (x, floor) => cholesky(add(matmul(x, transpose(x)), floor)),
      tolerance: normalised,
    };
    checkGradient(symmetric);
    checkSecondGradient(symmetric);
  });
}

testErrors("cholesky", [
  {
    name: "whole numbers",
    run: () => cholesky(inputNode([3, 3], "i32")),
    error: DtypeError,
    text: "cholesky: a has dtype i32; it must be f32 or f16.",
  },
  {
    name: "a matrix that is not square",
    run: () => cholesky(inputNode([2, 3, 4], "f32")),
    error: ShapeError,
    text: "cholesky: a is [2, 3, 4]; it must be [..., n, n], square matrices.",
  },
  {
    name: "a vector",
    run: () => cholesky(inputNode([3], "f32")),
    error: ShapeError,
    text: "cholesky: a is [3]; it must be [..., n, n], square matrices.",
  },
  {
    name: "a scalar",
    run: () => cholesky(inputNode([], "f32"), { upper: true }),
    error: ShapeError,
    text: "cholesky: a is []; it must be [..., n, n], square matrices.",
  },
  {
    name: "truth values",
    run: () => cholesky(inputNode([3, 3], "bool")),
    error: DtypeError,
    text: "cholesky: a has dtype bool; it must be f32 or f16.",
  },
]);
