import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { reshape, slice, transpose } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("reshape", [
  {
    name: "known values",
    inputs: [{ shape: [2, 3], values: [0, 1, 2, 3, 4, 5] }],
    apply: (x) => reshape(x, [3, 2]),
    tolerance: exact,
    shape: [3, 2],
    expected: [0, 1, 2, 3, 4, 5],
    secondGradient: true,
  },
  {
    name: "a size worked out",
    inputs: [{ shape: [4, 6] }],
    apply: (x) => reshape(x, [2, -1, 3]),
    tolerance: exact,
    shape: [2, 4, 3],
  },
  {
    name: "to a scalar",
    inputs: [{ shape: [1, 1] }],
    apply: (x) => reshape(x, []),
    tolerance: exact,
    shape: [],
  },
  {
    name: "from a scalar",
    inputs: [{ shape: [] }],
    apply: (x) => reshape(x, [1, 1]),
    tolerance: exact,
    shape: [1, 1],
  },
  { name: "no change", inputs: [{ shape: [2, 3] }], apply: (x) => reshape(x, [2, 3]), tolerance: exact },
  {
    name: "no element",
    inputs: [{ shape: [0, 3] }],
    apply: (x) => reshape(x, [5, 0, 2]),
    tolerance: exact,
    shape: [5, 0, 2],
  },
  {
    name: "no element, a size worked out",
    inputs: [{ shape: [0, 3] }],
    apply: (x) => reshape(x, [3, -1]),
    tolerance: exact,
    shape: [3, 0],
  },
  {
    name: "of a transposed matrix, which takes a copy",
    inputs: [{ shape: [4, 6] }],
    apply: (x) => reshape(transpose(x), [8, 3]),
    tolerance: exact,
    shape: [8, 3],
  },
  {
    name: "of a slice, which takes none",
    inputs: [{ shape: [5, 4, 6] }],
    apply: (x) => reshape(slice(x, { starts: [1], steps: [2] }), [2, 24]),
    tolerance: exact,
    shape: [2, 24],
  },
  {
    name: "of a transposed matrix and transposed again",
    inputs: [{ shape: [4, 6] }],
    apply: (x) => transpose(reshape(transpose(x), [3, 8])),
    tolerance: exact,
    shape: [8, 3],
  },
  {
    name: "bool",
    inputs: [{ shape: [4], values: [1, 0, 0, 1], dtype: "bool" }],
    apply: (x) => reshape(x, [2, 2]),
    tolerance: exact,
    dtype: "bool",
    expected: [1, 0, 0, 1],
    withoutGradient: true,
  },
]);

testErrors("reshape", [
  {
    name: "another count",
    run: () => reshape(inputNode([2, 3], "f32"), [4]),
    error: ShapeError,
    text: "reshape: [2, 3] has 6 elements and [4] does not; the counts must be equal.",
  },
  {
    name: "a size that cannot be worked out",
    run: () => reshape(inputNode([2, 3], "f32"), [4, -1]),
    error: ShapeError,
    text: "reshape: [2, 3] has 6 elements and [4, -1] does not; the counts must be equal.",
  },
  {
    name: "two sizes to be worked out",
    run: () => reshape(inputNode([2, 3], "f32"), [-1, -1]),
    error: ShapeError,
    text: "reshape: shape [-1, -1] has -1 more than once; at most one size may be -1.",
  },
  {
    name: "sizes below 0 whose product fits",
    run: () => reshape(inputNode([2, 3], "f32"), [-2, -3]),
    error: ShapeError,
    text: "reshape: shape [-2, -3] has size -2; sizes must be whole numbers >= 0.",
  },
]);
