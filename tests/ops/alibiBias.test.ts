import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { alibiBias } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { exact, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("alibiBias", [
  {
    name: "known values",
    inputs: [given([0.5, 0.25])],
    apply: (slopes) => alibiBias(slopes, 2, 3),
    tolerance: exact,
    shape: [2, 2, 3],
    expected: [0, 0.5, 1, -0.5, 0, 0.5, 0, 0.25, 0.5, -0.25, 0, 0.25],
    gradientTolerance: sums(6),
    secondGradient: true,
  },
  {
    name: "in both directions",
    inputs: [given([0.5])],
    apply: (slopes) => alibiBias(slopes, 3, 3, { symmetric: true }),
    tolerance: exact,
    expected: [0, -0.5, -1, -0.5, 0, -0.5, -1, -0.5, 0],
    gradientTolerance: sums(9),
  },
  {
    name: "queries behind a cache",
    inputs: [given([1])],
    apply: (slopes) => alibiBias(slopes, 2, 4, { offset: 2 }),
    tolerance: exact,
    expected: [-2, -1, 0, 1, -3, -2, -1, 0],
    gradientTolerance: sums(8),
  },
  {
    name: "a position on the GPU",
    inputs: [given([1, 0.5]), given([2], "i32")],
    apply: (slopes, positions) => alibiBias(slopes, 1, 4, { positions }),
    tolerance: exact,
    expected: [-2, -1, 0, 1, -1, -0.5, 0, 0.5],
    gradientTolerance: sums(4),
  },
  {
    name: "no key",
    inputs: [given([1, 0.5])],
    apply: (slopes) => alibiBias(slopes, 3, 0),
    tolerance: exact,
    shape: [2, 3, 0],
  },
]);

testErrors("alibiBias", [
  {
    name: "slopes of integers",
    run: () => alibiBias(inputNode([2], "i32"), 2, 2),
    error: DtypeError,
    text: "alibiBias: slopes has dtype i32; it must be f32 or f16.",
  },
  {
    name: "slopes of two axes",
    run: () => alibiBias(inputNode([2, 1], "f32"), 2, 2),
    error: ShapeError,
    text: "alibiBias: slopes is [2, 1], which has 2 axes; it must have 1 [heads].",
  },
  {
    name: "a fraction of an offset",
    run: () => alibiBias(inputNode([2], "f32"), 2, 2, { offset: 0.5 }),
    error: UsageError,
    text: "alibiBias: offset is 0.5; it must be a whole number.",
  },
  {
    name: "positions of another count",
    run: () => alibiBias(inputNode([2], "f32"), 2, 2, { positions: inputNode([3], "i32") }),
    error: ShapeError,
    text: "alibiBias: positions are [3] for 2 queries; they must be [2].",
  },
]);
