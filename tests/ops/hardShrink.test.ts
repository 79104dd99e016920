import { DtypeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { hardShrink } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("hardShrink", [
  {
    name: "known values",
    inputs: [given([-4, -0.25, 0.25, 2])],
    apply: (x) => hardShrink(x),
    tolerance: exact,
    expected: [-4, 0, 0, 2],
    dy: [1, 2, 3, 4],
    expectedGradients: [[1, 0, 0, 4]],
  },
  {
    name: "at its corners",
    inputs: [given([-0.5, 0.5, 0])],
    apply: (x) => hardShrink(x),
    tolerance: exact,
    expected: [0, 0, 0],
    dy: [1, 2, 3],
    expectedGradients: [[0, 0, 0]],
  },
  {
    name: "zero, infinities, and no number",
    inputs: [given([Number.NaN, Infinity, -Infinity])],
    apply: (x) => hardShrink(x),
    tolerance: exact,
    expected: [Number.NaN, Infinity, -Infinity],
    withoutGradient: true,
  },
  {
    name: "another lambda",
    inputs: [given([-3, -1, 0.5, 1.5])],
    apply: (x) => hardShrink(x, { lambda: 1 }),
    tolerance: exact,
    expected: [-3, 0, 0, 1.5],
    dy: [1, 2, 3, 4],
    expectedGradients: [[1, 0, 0, 4]],
  },
  ...fewShapes(unaryShapes((x) => hardShrink(x), { tolerance: exact, low: 0.75, high: 4 })),
]);
testErrors("hardShrink", [
  {
    name: "x of i32",
    run: () => hardShrink(inputNode([2], "i32")),
    error: DtypeError,
    text: "hardShrink: x has dtype i32; it must be f32 or f16.",
  },
]);
