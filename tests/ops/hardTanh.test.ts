import { DtypeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { hardTanh } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("hardTanh", [
  {
    name: "known values",
    inputs: [given([-4, -0.5, 0, 0.5, 2])],
    apply: (x) => hardTanh(x),
    tolerance: exact,
    expected: [-1, -0.5, 0, 0.5, 1],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [[0, 2, 3, 4, 0]],
  },
  {
    name: "at its corners",
    inputs: [given([-1, 1])],
    apply: (x) => hardTanh(x),
    tolerance: exact,
    expected: [-1, 1],
    dy: [1, 2],
    expectedGradients: [[0, 0]],
  },
  {
    name: "zero, infinities, and no number",
    inputs: [given([Number.NaN, Infinity, -Infinity, -0])],
    apply: (x) => hardTanh(x),
    tolerance: exact,
    expected: [Number.NaN, 1, -1, -0],
    withoutGradient: true,
  },
  {
    name: "other bounds",
    inputs: [given([-3, -2, 0, 0.5, 1])],
    apply: (x) => hardTanh(x, { min: -2, max: 0.5 }),
    tolerance: exact,
    expected: [-2, -2, 0, 0.5, 0.5],
    dy: [1, 2, 3, 4, 5],
    expectedGradients: [[0, 0, 3, 0, 0]],
  },
  {
    name: "integers stay integers",
    inputs: [given([-7, 0, 7], "i32")],
    apply: (x) => hardTanh(x),
    tolerance: exact,
    dtype: "i32",
    expected: [-1, 0, 1],
    withoutGradient: true,
  },
  ...fewShapes(unaryShapes((x) => hardTanh(x), { tolerance: exact, low: -0.9, high: 0.9 })),
]);
testErrors("hardTanh", [
  {
    name: "x of bool",
    run: () => hardTanh(inputNode([2], "bool")),
    error: DtypeError,
    text: "hardTanh: x has dtype bool; it must be f32 or f16 or i32 or u32.",
  },
  {
    name: "bounds the wrong way round",
    run: () => hardTanh(inputNode([2], "f32"), { min: 2, max: 1 }),
    error: UsageError,
    text: "hardTanh: min 2 is above max 1; min must be at most max.",
  },
]);
