import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { addmm, baddbmm } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("addmm", [
  {
    name: "known values",
    inputs: [given([1, 2]), { shape: [1, 2], values: [1, 2] }, { shape: [2, 2], values: [3, 4, 5, 6] }],
    apply: (x, target, third) => addmm(x, target, third, { beta: 10, alpha: 2 }),
    tolerance: normalised,
    shape: [1, 2],
    expected: [36, 52],
    secondGradient: true,
  },
  {
    name: "by 0 even NaN counts nothing",
    inputs: [
      { shape: [1, 1], values: [Number.NaN] },
      { shape: [1, 1], values: [2] },
      { shape: [1, 1], values: [3] },
    ],
    apply: (x, target, third) => addmm(x, target, third, { beta: 0 }),
    tolerance: normalised,
    shape: [1, 1],
    expected: [6],
    withoutGradient: true,
  },
  {
    name: "batches, with a row for all",
    inputs: [given([1, 2]), { shape: [2, 1, 1], values: [1, 2] }, { shape: [2, 1, 2], values: [3, 4, 5, 6] }],
    apply: (x, target, third) => baddbmm(x, target, third),
    tolerance: normalised,
    shape: [2, 1, 2],
    expected: [4, 6, 11, 14],
    withoutGradient: true,
  },
]);

testErrors("addmm", [
  {
    name: "what does not broadcast",
    run: () => addmm(inputNode([3], "f32"), x, inputNode([3, 4], "f32")),
    error: ShapeError,
    text: "addmm: x is [3] and the product [2, 4]; x must broadcast to it.",
  },
  {
    name: "inner sizes that differ",
    run: () => addmm(x, x, x),
    error: ShapeError,
    text: "addmm: a is [2, 3] and b [2, 3]; they must be [m, k] and [k, n].",
  },
  {
    name: "a vector",
    run: () => addmm(x, x, inputNode([3], "f32")),
    error: ShapeError,
    text: "addmm: b is [3], which has 1 axes; it must have 2 [k, n].",
  },
  {
    name: "whole numbers",
    run: () => addmm(inputNode([4], "i32"), x, inputNode([3, 4], "f32")),
    error: DtypeError,
    text: "addmm: x has dtype i32; it must be f32 or f16.",
  },
  {
    name: "a factor that is no number",
    run: () => addmm(x, x, inputNode([3, 3], "f32"), { alpha: Number.NaN }),
    error: UsageError,
    text: "addmm: alpha is NaN; it must be a finite number.",
  },
  {
    name: "batches that differ",
    run: () => baddbmm(x, inputNode([1, 2, 3], "f32"), inputNode([2, 3, 4], "f32")),
    error: ShapeError,
    text: "baddbmm: a is [1, 2, 3] and b [2, 3, 4]; they must be [batch, m, k] and [batch, k, n].",
  },
  {
    name: "matrices in the place of batches",
    run: () => baddbmm(x, x, x),
    error: ShapeError,
    text: "baddbmm: a is [2, 3], which has 2 axes; it must have 3 [batch, m, k].",
  },
  {
    name: "what does not broadcast to the batches",
    run: () => baddbmm(inputNode([3, 2, 4], "f32"), inputNode([2, 2, 3], "f32"), inputNode([2, 3, 4], "f32")),
    error: ShapeError,
    text: "baddbmm: x is [3, 2, 4] and the product [2, 2, 4]; x must broadcast to it.",
  },
  {
    name: "a factor that is not finite",
    run: () =>
      baddbmm(x, inputNode([2, 2, 3], "f32"), inputNode([2, 3, 3], "f32"), {
        beta: Number.POSITIVE_INFINITY,
      }),
    error: UsageError,
    text: "baddbmm: beta is Infinity; it must be a finite number.",
  },
]);
