import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { bmm } from "../../src/ops/index.ts";
import { normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("bmm", [
  {
    name: "known values",
    inputs: [
      { shape: [2, 1, 2], values: [1, 2, 3, 4] },
      { shape: [2, 2, 1], values: [5, 6, 7, 8] },
    ],
    apply: (x, target) => bmm(x, target),
    tolerance: normalised,
    shape: [2, 1, 1],
    expected: [17, 53],
    secondGradient: true,
  },
]);

testErrors("bmm", [
  {
    name: "a batch of another size",
    run: () => bmm(inputNode([1, 2, 3], "f32"), inputNode([2, 3, 4], "f32")),
    error: ShapeError,
    text: "bmm: a is [1, 2, 3] and b [2, 3, 4]; they must be [batch, m, k] and [batch, k, n].",
  },
  {
    name: "inner sizes that differ",
    run: () => bmm(inputNode([2, 2, 3], "f32"), inputNode([2, 4, 3], "f32")),
    error: ShapeError,
    text: "bmm: a is [2, 2, 3] and b [2, 4, 3]; they must be [batch, m, k] and [batch, k, n].",
  },
  {
    name: "matrices",
    run: () => bmm(x, x),
    error: ShapeError,
    text: "bmm: a is [2, 3], which has 2 axes; it must have 3 [batch, m, k].",
  },
  {
    name: "one matrix for all",
    run: () => bmm(inputNode([2, 2, 3], "f32"), x),
    error: ShapeError,
    text: "bmm: b is [2, 3], which has 2 axes; it must have 3 [batch, k, n].",
  },
  {
    name: "whole numbers",
    run: () => bmm(inputNode([2, 2, 3], "i32"), x),
    error: DtypeError,
    text: "bmm: a has dtype i32; it must be f32 or f16.",
  },
]);
