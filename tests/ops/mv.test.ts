import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { mv } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const x = inputNode([2, 3], "f32");

testOp("mv", [
  {
    name: "known values",
    inputs: [{ shape: [2, 2], values: [1, 2, 3, 4] }, given([5, 6])],
    apply: (x, target) => mv(x, target),
    tolerance: normalised,
    shape: [2],
    expected: [17, 39],
    dy: [1, 0],
    expectedGradients: [
      [5, 6, 0, 0],
      [1, 2],
    ],
    secondGradient: true,
  },
]);

testErrors("mv", [
  {
    name: "another size",
    run: () => mv(x, inputNode([2], "f32")),
    error: ShapeError,
    text: "mv: a is [2, 3] and b [2]; a's last size must equal b's.",
  },
  {
    name: "two matrices",
    run: () => mv(x, x),
    error: ShapeError,
    text: "mv: b is [2, 3], which has 2 axes; it must have 1 [cols].",
  },
  {
    name: "a batch",
    run: () => mv(inputNode([2, 2, 3], "f32"), inputNode([3], "f32")),
    error: ShapeError,
    text: "mv: a is [2, 2, 3], which has 3 axes; it must have 2 [rows, cols].",
  },
  {
    name: "whole numbers",
    run: () => mv(inputNode([2, 3], "i32"), inputNode([3], "f32")),
    error: DtypeError,
    text: "mv: a has dtype i32; it must be f32 or f16.",
  },
  {
    name: "whole numbers on the other side",
    run: () => mv(x, inputNode([3], "bool")),
    error: DtypeError,
    text: "mv: b has dtype bool; it must be f32 or f16.",
  },
]);
