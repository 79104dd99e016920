import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { interpolate } from "../../src/ops/index.ts";
import { exact, normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("interpolate", [
  {
    name: "nearest, a whole factor",
    inputs: [{ shape: [1, 1, 2, 2], values: [1, 2, 3, 4], integers: true }],
    apply: (x) => interpolate(x, { scaleFactor: 2 }),
    tolerance: exact,
    shape: [1, 1, 4, 4],
    expected: [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4],
    secondGradient: true,
  },
  {
    name: "nearest, another factor for each axis",
    inputs: [{ shape: [2, 3, 2, 3], integers: true }],
    apply: (x) => interpolate(x, { scaleFactor: [3, 1] }),
    tolerance: exact,
    shape: [2, 3, 6, 3],
  },
  {
    name: "nearest, along one axis",
    inputs: [{ shape: [1, 2, 3], values: [1, 2, 3, 4, 5, 6], integers: true }],
    apply: (x) => interpolate(x, { size: 6 }),
    tolerance: exact,
    expected: [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6],
  },
  {
    name: "nearest, no whole factor",
    inputs: [{ shape: [1, 1, 3], values: [1, 2, 3] }],
    apply: (x) => interpolate(x, { size: 5 }),
    tolerance: exact,
    expected: [1, 1, 2, 2, 3],
    dy: [1, 10, 100, 1000, 10_000],
    expectedGradients: [[11, 1100, 10_000]],
  },
  {
    name: "nearest, to smaller sizes",
    inputs: [{ shape: [2, 1, 5, 7], integers: true }],
    apply: (x) => interpolate(x, { size: [2, 3] }),
    tolerance: exact,
    shape: [2, 1, 2, 3],
  },
  {
    name: "nearest, a factor that is rounded down",
    inputs: [{ shape: [1, 1, 3], values: [1, 2, 3], integers: true }],
    apply: (x) => interpolate(x, { scaleFactor: 1.5 }),
    tolerance: exact,
    expected: [1, 1, 2, 3],
  },
  {
    name: "bilinear, edges aligned",
    inputs: [{ shape: [1, 1, 1, 2], values: [1, 5] }],
    apply: (x) => interpolate(x, { size: [1, 4], mode: "bilinear" }),
    tolerance: normalised,
    expected: [1, 2, 4, 5],
    secondGradient: true,
  },
  {
    name: "bilinear, corners aligned",
    inputs: [{ shape: [1, 1, 2, 2], values: [0, 3, 6, 9] }],
    apply: (x) => interpolate(x, { size: [3, 4], mode: "bilinear", alignCorners: true }),
    tolerance: normalised,
    expected: [0, 1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 9],
    roundsConstants: true,
  },
  {
    name: "bilinear, twice as large",
    inputs: [{ shape: [2, 3, 5, 4] }],
    apply: (x) => interpolate(x, { scaleFactor: 2, mode: "bilinear" }),
    tolerance: normalised,
    shape: [2, 3, 10, 8],
  },
  {
    name: "bilinear, smaller",
    inputs: [{ shape: [1, 2, 7, 9] }],
    apply: (x) => interpolate(x, { size: [3, 1], mode: "bilinear" }),
    tolerance: normalised,
    shape: [1, 2, 3, 1],
  },
  {
    name: "bicubic, by hand: halves between pixels are (-3 a + 19 b + 19 c - 3 d) / 32",
    inputs: [{ shape: [1, 1, 1, 4], values: [32, 64, 128, 0] }],
    apply: (x) => interpolate(x, { size: [1, 7], mode: "bicubic", alignCorners: true }),
    tolerance: normalised,
    expected: [32, 42, 64, 111, 128, 70, 0],
    secondGradient: true,
  },
  {
    name: "area, by hand",
    inputs: [{ shape: [1, 1, 5], values: [1, 2, 3, 4, 5] }],
    apply: (x) => interpolate(x, { size: 3, mode: "area" }),
    tolerance: normalised,
    expected: [1.5, 3, 4.5],
  },
  {
    name: "sizes that stay are x itself",
    inputs: [{ shape: [1, 2, 3, 2], integers: true }],
    apply: (x) => interpolate(x, { size: [3, 2], mode: "bicubic" }),
    tolerance: exact,
    shape: [1, 2, 3, 2],
  },
  {
    name: "no item, mixed",
    inputs: [{ shape: [0, 2, 3, 3] }],
    apply: (x) => interpolate(x, { scaleFactor: 2, mode: "bicubic" }),
    tolerance: exact,
    shape: [0, 2, 6, 6],
  },
  {
    name: "no item",
    inputs: [{ shape: [0, 2, 3, 3] }],
    apply: (x) => interpolate(x, { scaleFactor: 2 }),
    tolerance: exact,
    shape: [0, 2, 6, 6],
  },
]);

const image = inputNode([2, 3, 4, 5], "f32");

testErrors("interpolate", [
  {
    name: "neither a size nor a factor",
    run: () => interpolate(image, {}),
    error: UsageError,
    text: "interpolate: exactly one of size and scaleFactor must be given.",
  },
  {
    name: "a size for one of two axes",
    run: () => interpolate(image, { size: [4] }),
    error: UsageError,
    text: "interpolate: size is [4] for x [2, 3, 4, 5]; it must be one number, or one for each axis behind the channels, and make sizes of at least 1.",
  },
  {
    name: "a factor that leaves nothing",
    run: () => interpolate(image, { scaleFactor: 0.2 }),
    error: UsageError,
    text: "interpolate: scaleFactor is [0.2, 0.2] for x [2, 3, 4, 5]; it must be one number, or one for each axis behind the channels, and make sizes of at least 1.",
  },
  {
    name: "an unknown mode",
    run: () => interpolate(image, { size: 8, mode: "cubic" as "nearest" }),
    error: UsageError,
    text: 'interpolate: mode "cubic"; it must be "nearest", "nearest-exact", "linear", "bilinear", "trilinear", "bicubic" or "area".',
  },
  {
    name: "corners of nearest neighbours",
    run: () => interpolate(image, { size: 8, alignCorners: true }),
    error: UsageError,
    text: 'interpolate: alignCorners is set for mode "nearest"; it belongs to "linear", "bilinear", "trilinear" and "bicubic".',
  },
  {
    name: "a smooth volume",
    run: () =>
      interpolate(inputNode([1, 2, 3, 4, 5], "f32"), { size: 8, mode: "trilinear", antialias: true }),
    error: UsageError,
    text: 'interpolate: antialias is set for mode "trilinear"; it belongs to "bilinear" and "bicubic".',
  },
  {
    name: "a factor computed anew where none was given",
    run: () => interpolate(image, { size: 8, recomputeScaleFactor: true }),
    error: UsageError,
    text: "interpolate: recomputeScaleFactor is set beside size; it belongs to scaleFactor.",
  },
  {
    name: "a curved signal",
    run: () => interpolate(inputNode([2, 3, 4], "f32"), { size: 8, mode: "bicubic" }),
    error: ShapeError,
    text: 'interpolate: x is [2, 3, 4]; for mode "bicubic" it must be [batch, channels, height, width], with sizes of at least 1.',
  },
  {
    name: "a flat volume",
    run: () => interpolate(inputNode([2, 3, 4, 0, 5], "f32"), { size: 8, mode: "area" }),
    error: ShapeError,
    text: 'interpolate: x is [2, 3, 4, 0, 5]; for mode "area" it must be [batch, channels, ...sizes], with sizes of at least 1.',
  },
  {
    name: "a factor that is no number",
    run: () => interpolate(image, { scaleFactor: Number.NaN }),
    error: UsageError,
    text: "interpolate: scaleFactor is [NaN, NaN] for x [2, 3, 4, 5]; it must be one number, or one for each axis behind the channels, and make sizes of at least 1.",
  },
  {
    name: "a size that is not whole",
    run: () => interpolate(image, { size: [3, 2.5] }),
    error: UsageError,
    text: "interpolate: size is [3, 2.5] for x [2, 3, 4, 5]; it must be one number, or one for each axis behind the channels, and make sizes of at least 1.",
  },
  {
    name: "a bilinear signal",
    run: () => interpolate(inputNode([2, 3, 4], "f32"), { size: 8, mode: "bilinear" }),
    error: ShapeError,
    text: 'interpolate: x is [2, 3, 4]; for mode "bilinear" it must be [batch, channels, height, width], with sizes of at least 1.',
  },
  {
    name: "integers",
    run: () => interpolate(inputNode([2, 3, 4], "i32"), { size: 8 }),
    error: DtypeError,
    text: "interpolate: x has dtype i32; it must be f32 or f16.",
  },
]);
