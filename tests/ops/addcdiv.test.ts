import { DtypeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { addcdiv } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("addcdiv", [
  {
    name: "known values",
    inputs: [given([1, 2, -3]), given([2, -1, 0.5]), given([4, 8, 0.25])],
    apply: (x, a, b) => addcdiv(x, a, b),
    tolerance: ulps(5),
    expected: [1.5, 1.875, -1],
    dy: [1, 2, 3],
    expectedGradients: [
      [1, 2, 3],
      [0.25, 0.25, 12],
      [-0.125, 0.03125, -24],
    ],
  },
  {
    name: "times a value",
    inputs: [given([1, 2, -3]), given([2, -1, 0.5]), given([4, 8, 0.25])],
    apply: (x, a, b) => addcdiv(x, a, b, { value: 0.5 }),
    tolerance: ulps(5),
    expected: [1.25, 1.9375, -2],
    dy: [1, 2, 3],
    expectedGradients: [
      [1, 2, 3],
      [0.125, 0.125, 6],
      [-0.0625, 0.015625, -12],
    ],
  },
  {
    name: "no number, and infinity",
    inputs: [given([Number.NaN, 1, 1]), given([1, Infinity, 1]), given([1, 1, Infinity])],
    apply: (x, a, b) => addcdiv(x, a, b),
    tolerance: ulps(5),
    expected: [Number.NaN, Infinity, 1],
    withoutGradient: true,
  },
  {
    name: "all three broadcast",
    inputs: [{ shape: [4, 1, 1] }, { shape: [3, 1] }, { shape: [5], low: 0.5, high: 2 }],
    apply: (x, a, b) => addcdiv(x, a, b),
    tolerance: normalised,
    shape: [4, 3, 5],
    secondGradient: true,
  },
]);
testErrors("addcdiv", [
  {
    name: "x of i32",
    run: () => addcdiv(inputNode([2], "i32"), inputNode([2], "f32"), inputNode([2], "f32")),
    error: DtypeError,
    text: "addcdiv: x has dtype i32; it must be f32 or f16.",
  },
  {
    name: "a of i32",
    run: () => addcdiv(inputNode([2], "f32"), inputNode([2], "i32"), inputNode([2], "f32")),
    error: DtypeError,
    text: "addcdiv: a has dtype i32; it must be f32 or f16.",
  },
  {
    name: "b of i32",
    run: () => addcdiv(inputNode([2], "f32"), inputNode([2], "f32"), inputNode([2], "i32")),
    error: DtypeError,
    text: "addcdiv: b has dtype i32; it must be f32 or f16.",
  },
]);
