import { DtypeError, ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { softmin } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("softmin", [
  {
    name: "known values",
    inputs: [given([1, 2, -3, 4])],
    apply: (x) => softmin(x),
    tolerance: normalised,
    expected: [0.017852100740832887, 0.006567420844273894, 0.9746916746547994, 0.0008888037600938416],
    dy: [1, 2, 3, 4],
    expectedGradients: [
      [0.03496543123568869, 0.006295642459029753, -0.04033548872987997, -0.0009255849648384466],
    ],
    secondGradient: true,
  },
  {
    name: "along another axis",
    inputs: [{ shape: [2, 2], values: [1, 2, -1, 0.5] }],
    apply: (x) => softmin(x, { axis: 0 }),
    tolerance: normalised,
    expected: [0.11920292202211755, 0.18242552380635632, 0.8807970779778823, 0.8175744761936437],
    dy: [1, 2, 3, 4],
    expectedGradients: [
      [0.20998717080701296, 0.29829290414066567, -0.20998717080701343, -0.2982929041406657],
    ],
  },
  {
    name: "far out",
    inputs: [given([1000, -1000, 0])],
    apply: (x) => softmin(x),
    tolerance: normalised,
    expected: [0, 1, 0],
    withoutGradient: true,
  },
  {
    name: "no number",
    inputs: [given([Number.NaN, 1])],
    apply: (x) => softmin(x),
    tolerance: normalised,
    expected: [Number.NaN, Number.NaN],
    withoutGradient: true,
  },
  {
    name: "no element",
    inputs: [{ shape: [0, 3] }],
    apply: (x) => softmin(x),
    tolerance: normalised,
    shape: [0, 3],
  },
]);
testErrors("softmin", [
  {
    name: "an axis out of range",
    run: () => softmin(inputNode([2, 4], "f32"), { axis: 2 }),
    error: ShapeError,
    text: "softmin: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "x of i32",
    run: () => softmin(inputNode([2], "i32")),
    error: DtypeError,
    text: "softmin: x has dtype i32; it must be f32 or f16.",
  },
]);
