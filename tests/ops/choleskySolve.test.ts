import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { choleskySolve } from "../../src/ops/index.ts";
import { normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const factor = inputNode([3, 3], "f32");
const b = inputNode([3, 1], "f32");

testOp("choleskySolve", [
  {
    // a = [[4, 2], [2, 5]]
    name: "known values, the other triangle not read",
    inputs: [
      { shape: [2, 1], values: [8, 12] },
      { shape: [2, 2], values: [2, Number.NaN, 1, 2] },
    ],
    apply: (b, l) => choleskySolve(b, l),
    tolerance: normalised,
    expected: [1, 2],
    withoutGradient: true,
  },
]);

testErrors("choleskySolve", [
  {
    name: "whole numbers",
    run: () => choleskySolve(inputNode([3, 1], "i32"), factor),
    error: DtypeError,
    text: "choleskySolve: b has dtype i32; it must be f32 or f16.",
  },
  {
    name: "a factor of whole numbers",
    run: () => choleskySolve(b, inputNode([3, 3], "u32")),
    error: DtypeError,
    text: "choleskySolve: l has dtype u32; it must be f32 or f16.",
  },
  {
    name: "a factor that is not square",
    run: () => choleskySolve(b, inputNode([3, 2], "f32"), { upper: true }),
    error: ShapeError,
    text: "choleskySolve: l is [3, 2]; it must be [..., n, n], square matrices.",
  },
  {
    name: "other rows",
    run: () => choleskySolve(inputNode([2, 1], "f32"), factor),
    error: ShapeError,
    text: "choleskySolve: b is [2, 1] for l [3, 3]; it must be [..., 3, k].",
  },
  {
    name: "a vector",
    run: () => choleskySolve(inputNode([3], "f32"), factor),
    error: ShapeError,
    text: "choleskySolve: b is [3] for l [3, 3]; it must be [..., 3, k].",
  },
  {
    name: "batches that do not broadcast",
    run: () => choleskySolve(inputNode([2, 3, 1], "f32"), inputNode([4, 3, 3], "f32")),
    error: ShapeError,
    text: "choleskySolve: shapes [4] and [2] do not broadcast; sizes, aligned at the last axis, must be equal or 1.",
  },
]);
