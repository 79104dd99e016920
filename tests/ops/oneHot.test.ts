import { DtypeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { oneHot, transpose } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

const common = { tolerance: exact, dtype: "f32", withoutGradient: true } as const;

testOp("oneHot", [
  {
    name: "known values",
    inputs: [given([2, 0], "i32")],
    apply: (labels) => oneHot(labels, 3),
    shape: [2, 3],
    expected: [0, 0, 1, 1, 0, 0],
    ...common,
  },
  {
    name: "labels that are no class",
    inputs: [given([-1, 3, 2147483647], "i32")],
    apply: (labels) => oneHot(labels, 3),
    expected: [0, 0, 0, 0, 0, 0, 0, 0, 0],
    ...common,
  },
  {
    name: "u32",
    inputs: [given([1, 4294967295], "u32")],
    apply: (labels) => oneHot(labels, 2),
    expected: [0, 1, 0, 0],
    ...common,
  },
  {
    name: "a scalar",
    inputs: [{ shape: [], dtype: "i32", values: [1] }],
    apply: (labels) => oneHot(labels, 4),
    shape: [4],
    expected: [0, 1, 0, 0],
    ...common,
  },
  {
    name: "transposed labels",
    inputs: [{ shape: [3, 5], dtype: "i32", low: 0, high: 7 }],
    apply: (labels) => oneHot(transpose(labels), 7),
    shape: [5, 3, 7],
    ...common,
  },
  {
    name: "no label",
    inputs: [{ shape: [0], dtype: "i32" }],
    apply: (labels) => oneHot(labels, 7),
    shape: [0, 7],
    ...common,
  },
]);

testErrors("oneHot", [
  {
    name: "labels of fractions",
    run: () => oneHot(inputNode([2], "f32"), 3),
    error: DtypeError,
    text: "oneHot: labels has dtype f32; it must be i32 or u32.",
  },
  {
    name: "no class",
    run: () => oneHot(inputNode([2], "i32"), 0),
    error: UsageError,
    text: "oneHot: 0 classes; it must be a whole number above 0.",
  },
]);
