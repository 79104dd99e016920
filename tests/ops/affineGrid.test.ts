import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { affineGrid, gridSample } from "../../src/ops/index.ts";
import { exact, normalised } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("affineGrid", [
  {
    name: "the places of pixels, by hand",
    inputs: [{ shape: [1, 2, 3], values: [1, 0, 0, 0, 1, 0.25] }],
    apply: (theta) => affineGrid(theta, [1, 1, 2, 4]),
    tolerance: normalised,
    shape: [1, 2, 4, 2],
    expected: [
      [-0.75, -0.25, -0.25, -0.25, 0.25, -0.25, 0.75, -0.25],
      [-0.75, 0.75, -0.25, 0.75, 0.25, 0.75, 0.75, 0.75],
    ].flat(),
  },
  {
    name: "what turns a picture over",
    inputs: [
      { shape: [1, 1, 2, 3], values: [1, 2, 3, 4, 5, 6] },
      { shape: [1, 2, 3], values: [-1, 0, 0, 0, -1, 0], constant: true },
    ],
    apply: (x, theta) => gridSample(x, affineGrid(theta, x.shape), { mode: "nearest" }),
    tolerance: exact,
    expected: [6, 5, 4, 3, 2, 1],
  },
]);

const theta = inputNode([2, 2, 3], "f32");
const sizeText =
  "it must be [batch, channels, height, width] or [batch, channels, depth, height, width], whole numbers of at least 1.";

testErrors("affineGrid", [
  ...[
    [2, 3, 4],
    [2, 3, 4, 0],
    [2, 3, 4, 2.5],
    [2, 3, 4, Number.NaN],
  ].map((size) => ({
    name: `size ${size}`,
    run: () => affineGrid(theta, size),
    error: UsageError,
    text: `affineGrid: size is [${size.join(", ")}]; ${sizeText}`,
  })),
  {
    name: "a map of volumes for images",
    run: () => affineGrid(inputNode([2, 3, 4], "f32"), [2, 3, 4, 5]),
    error: ShapeError,
    text: "affineGrid: theta is [2, 3, 4] for size [2, 3, 4, 5]; it must be [2, 2, 3].",
  },
  {
    name: "maps for another batch",
    run: () => affineGrid(theta, [1, 3, 4, 5]),
    error: ShapeError,
    text: "affineGrid: theta is [2, 2, 3] for size [1, 3, 4, 5]; it must be [1, 2, 3].",
  },
  {
    name: "whole numbers",
    run: () => affineGrid(inputNode([2, 2, 3], "i32"), [2, 3, 4, 5]),
    error: DtypeError,
    text: "affineGrid: theta has dtype i32; it must be f32 or f16.",
  },
]);
