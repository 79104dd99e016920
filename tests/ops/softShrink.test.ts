import { DtypeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { softShrink } from "../../src/ops/index.ts";
import { fewShapes, given, unaryShapes } from "./elementwiseCases.ts";
import { ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("softShrink", [
  {
    name: "known values",
    inputs: [given([-4, -0.25, 0.25, 2])],
    apply: (x) => softShrink(x),
    tolerance: ulps(1),
    expected: [-3.5, -0, 0, 1.5],
    dy: [1, 2, 3, 4],
    expectedGradients: [[1, 0, 0, 4]],
  },
  {
    name: "at its corners",
    inputs: [given([-0.5, 0.5, 0])],
    apply: (x) => softShrink(x),
    tolerance: ulps(1),
    expected: [-0, 0, 0],
    dy: [1, 2, 3],
    expectedGradients: [[0, 0, 0]],
  },
  {
    name: "zero, infinities, and no number",
    inputs: [given([Number.NaN, Infinity, -Infinity])],
    apply: (x) => softShrink(x),
    tolerance: ulps(1),
    expected: [Number.NaN, Infinity, -Infinity],
    withoutGradient: true,
  },
  {
    name: "another lambda",
    inputs: [given([-3, -1, 0.5, 1.5])],
    apply: (x) => softShrink(x, { lambda: 1 }),
    tolerance: ulps(1),
    expected: [-2, -0, 0, 0.5],
    dy: [1, 2, 3, 4],
    expectedGradients: [[1, 0, 0, 4]],
  },
  ...fewShapes(unaryShapes((x) => softShrink(x), { tolerance: ulps(1), low: 0.75, high: 4 })),
]);
testErrors("softShrink", [
  {
    name: "lambda below 0",
    run: () => softShrink(inputNode([2], "f32"), { lambda: -1 }),
    error: UsageError,
    text: "softShrink: lambda is -1; it must be at least 0.",
  },
  {
    name: "x of i32",
    run: () => softShrink(inputNode([2], "i32")),
    error: DtypeError,
    text: "softShrink: x has dtype i32; it must be f32 or f16.",
  },
]);
