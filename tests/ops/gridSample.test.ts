import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { gridSample } from "../../src/ops/index.ts";
import { exact, normalised, sums } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const picture = { shape: [1, 1, 2, 2], values: [1, 2, 4, 8] };
/** The middle, a pixel, halfway between two, and outside. */
const places = { shape: [1, 1, 4, 2], values: [0, 0, 1, -1, 0, 1, 5, 0], constant: true };

testOp("gridSample", [
  {
    name: "bilinear, by hand",
    inputs: [picture, places],
    apply: (x, grid) => gridSample(x, grid, { alignCorners: true }),
    tolerance: normalised,
    shape: [1, 1, 1, 4],
    expected: [3.75, 2, 6, 0],
    dy: [4, 10, 100, 1000],
    expectedGradients: [[1, 11, 51, 51]],
  },
  {
    name: "nearest, by hand: of two the even",
    inputs: [picture, places],
    apply: (x, grid) => gridSample(x, grid, { alignCorners: true, mode: "nearest", paddingMode: "border" }),
    tolerance: exact,
    expected: [1, 2, 4, 2],
    dy: [1, 10, 100, 1000],
    expectedGradients: [[1, 1010, 100, 0]],
  },
  {
    name: "gradients of gradients",
    inputs: [
      { shape: [1, 2, 3, 3], low: -1, high: 1 },
      { shape: [1, 1, 3, 2], values: [0.11, -0.2, 0.35, 0.52, -0.61, 0.24] },
    ],
    apply: (x, grid) => gridSample(x, grid, { paddingMode: "border" }),
    tolerance: normalised,
    secondGradient: true,
  },
  {
    name: "one pixel",
    inputs: [{ shape: [1, 1, 1, 1] }, { shape: [1, 1, 2, 2] }],
    apply: (x, grid) => gridSample(x, grid, { paddingMode: "reflection", alignCorners: true }),
    tolerance: exact,
    gradientTolerance: sums(2),
    shape: [1, 1, 1, 2],
  },
  {
    name: "what is outside counts nothing, be it infinite or no number",
    inputs: [
      { shape: [1, 1, 1, 3], values: [Number.NaN, 1, Number.POSITIVE_INFINITY] },
      { shape: [1, 1, 2, 2], values: [0, -1, -3, 0] },
    ],
    apply: (x, grid) => gridSample(x, grid, { mode: "nearest" }),
    tolerance: exact,
    expected: [1, 0],
    withoutGradient: true,
  },
  {
    name: "no place, no item",
    inputs: [{ shape: [0, 2, 3, 3] }, { shape: [0, 4, 0, 2] }],
    apply: (x, grid) => gridSample(x, grid),
    tolerance: exact,
    shape: [0, 2, 4, 0],
  },
]);

const image = inputNode([2, 3, 4, 5], "f32");
const grid = inputNode([2, 6, 7, 2], "f32");

testErrors("gridSample", [
  {
    name: "an unknown mode",
    run: () => gridSample(image, grid, { mode: "cubic" as "bicubic" }),
    error: UsageError,
    text: 'gridSample: mode "cubic"; it must be "bilinear", "nearest" or "bicubic".',
  },
  {
    name: "an unknown padding",
    run: () => gridSample(image, grid, { paddingMode: "reflect" as "reflection" }),
    error: UsageError,
    text: 'gridSample: paddingMode "reflect"; it must be "zeros", "border" or "reflection".',
  },
  {
    name: "a signal",
    run: () => gridSample(inputNode([2, 3, 4], "f32"), grid),
    error: ShapeError,
    text: 'gridSample: x is [2, 3, 4]; for mode "bilinear" it must be [batch, channels, height, width] or [batch, channels, depth, height, width], with sizes of at least 1.',
  },
  {
    name: "curves in a volume",
    run: () => gridSample(inputNode([2, 3, 4, 5, 6], "f32"), grid, { mode: "bicubic" }),
    error: ShapeError,
    text: 'gridSample: x is [2, 3, 4, 5, 6]; for mode "bicubic" it must be [batch, channels, height, width], with sizes of at least 1.',
  },
  {
    name: "a picture without pixels",
    run: () => gridSample(inputNode([2, 3, 0, 5], "f32"), grid),
    error: ShapeError,
    text: 'gridSample: x is [2, 3, 0, 5]; for mode "bilinear" it must be [batch, channels, height, width] or [batch, channels, depth, height, width], with sizes of at least 1.',
  },
  {
    name: "places of three coordinates in a picture",
    run: () => gridSample(image, inputNode([2, 6, 7, 3], "f32")),
    error: ShapeError,
    text: "gridSample: grid is [2, 6, 7, 3] for x [2, 3, 4, 5]; it must be [2, height, width, 2].",
  },
  {
    name: "places for another batch",
    run: () => gridSample(inputNode([2, 3, 4, 5, 6], "f32"), inputNode([1, 6, 7, 8, 3], "f32")),
    error: ShapeError,
    text: "gridSample: grid is [1, 6, 7, 8, 3] for x [2, 3, 4, 5, 6]; it must be [2, depth, height, width, 3].",
  },
  {
    name: "pixels that are whole numbers",
    run: () => gridSample(inputNode([2, 3, 4, 5], "u32"), grid),
    error: DtypeError,
    text: "gridSample: x has dtype u32; it must be f32 or f16.",
  },
  {
    name: "places that are whole numbers",
    run: () => gridSample(image, inputNode([2, 6, 7, 2], "i32")),
    error: DtypeError,
    text: "gridSample: grid has dtype i32; it must be f32 or f16.",
  },
]);
