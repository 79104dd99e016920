import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { bucketize, searchSorted } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("searchSorted", [
  {
    name: "before equal ones",
    inputs: [
      { shape: [6], values: [1, 2, 2, 3, 7, 9] },
      { shape: [2, 4], values: [0, 2, 2.5, 9, 10, 1, -Infinity, Infinity] },
    ],
    apply: (sorted, values) => searchSorted(sorted, values),
    tolerance: exact,
    dtype: "i32",
    shape: [2, 4],
    expected: [0, 1, 3, 5, 6, 0, 0, 6],
    withoutGradient: true,
  },
  {
    name: "behind equal ones, a row for each",
    inputs: [
      { shape: [2, 3], values: [1, 2, 2, 3, 7, 9] },
      { shape: [2, 2], values: [2, 0, 9, 3] },
    ],
    apply: (sorted, values) => searchSorted(sorted, values, { right: true }),
    tolerance: exact,
    expected: [3, 0, 3, 1],
    withoutGradient: true,
  },
  {
    name: "two dtypes",
    inputs: [
      { shape: [3], values: [1, 2, 3], dtype: "i32" },
      { shape: [2], values: [2.5, 2] },
    ],
    apply: (sorted, values) => searchSorted(sorted, values),
    tolerance: exact,
    expected: [2, 1],
    withoutGradient: true,
  },
  {
    name: "NaN above all numbers",
    inputs: [
      { shape: [3], values: [1, Infinity, Number.NaN] },
      { shape: [2], values: [Number.NaN, Infinity] },
    ],
    apply: (sorted, values) => searchSorted(sorted, values),
    tolerance: exact,
    expected: [2, 1],
    withoutGradient: true,
  },
  {
    name: "in nothing",
    inputs: [{ shape: [0] }, { shape: [3] }],
    apply: (sorted, values) => searchSorted(sorted, values),
    tolerance: exact,
    expected: [0, 0, 0],
    withoutGradient: true,
  },
  {
    name: "many",
    inputs: [
      {
        shape: [100],
        values: [
          0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36, 39, 42, 45, 48, 51, 54, 57, 60, 63, 66, 69, 72, 75,
          78, 81, 84, 87, 90, 93, 96, 99, 102, 105, 108, 111, 114, 117, 120, 123, 126, 129, 132, 135, 138,
          141, 144, 147, 150, 153, 156, 159, 162, 165, 168, 171, 174, 177, 180, 183, 186, 189, 192, 195, 198,
          201, 204, 207, 210, 213, 216, 219, 222, 225, 228, 231, 234, 237, 240, 243, 246, 249, 252, 255, 258,
          261, 264, 267, 270, 273, 276, 279, 282, 285, 288, 291, 294, 297,
        ],
        dtype: "i32",
      },
      { shape: [7, 11], dtype: "i32", low: -5, high: 310 },
    ],
    apply: (sorted, values) => searchSorted(sorted, values),
    tolerance: exact,
    shape: [7, 11],
    withoutGradient: true,
  },
]);

testOp("bucketize", [
  {
    name: "known values",
    inputs: [
      { shape: [2, 3], values: [1, 2, 3, 0, 8, 9] },
      { shape: [3], values: [1, 3, 8] },
    ],
    apply: (x, boundaries) => bucketize(x, boundaries),
    tolerance: exact,
    expected: [0, 1, 1, 0, 2, 3],
    withoutGradient: true,
  },
  {
    name: "right",
    inputs: [
      { shape: [3], values: [1, 2, 8] },
      { shape: [3], values: [1, 3, 8] },
    ],
    apply: (x, boundaries) => bucketize(x, boundaries, { right: true }),
    tolerance: exact,
    expected: [1, 1, 3],
    withoutGradient: true,
  },
]);

testErrors("searchSorted", [
  {
    name: "a scalar to search",
    run: () => searchSorted(inputNode([], "f32"), inputNode([2, 3], "f32")),
    error: ShapeError,
    text: "searchSorted: sorted is []; it must have at least one axis.",
  },
  {
    name: "other rows",
    run: () => searchSorted(inputNode([3, 4], "f32"), inputNode([2, 3], "f32")),
    error: ShapeError,
    text: "searchSorted: values are [2, 3] for sorted [3, 4]; all sizes but the last must be equal.",
  },
  {
    name: "boundaries in rows",
    run: () => bucketize(inputNode([2, 3], "f32"), inputNode([2, 3], "f32")),
    error: ShapeError,
    text: "bucketize: boundaries are [2, 3]; they must have exactly 1 axis.",
  },
]);
