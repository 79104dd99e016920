import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { flatten, squeeze, transpose, unsqueeze } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("squeeze", [
  {
    name: "all axes of size 1",
    inputs: [{ shape: [1, 3, 1, 2] }],
    apply: (x) => squeeze(x),
    tolerance: exact,
    shape: [3, 2],
  },
  {
    name: "one axis",
    inputs: [{ shape: [1, 3, 1] }],
    apply: (x) => squeeze(x, -1),
    tolerance: exact,
    shape: [1, 3],
  },
  {
    name: "several axes",
    inputs: [{ shape: [1, 3, 1, 1] }],
    apply: (x) => squeeze(x, [0, -1]),
    tolerance: exact,
    shape: [3, 1],
  },
  { name: "to a scalar", inputs: [{ shape: [1, 1] }], apply: (x) => squeeze(x), tolerance: exact, shape: [] },
  { name: "a scalar", inputs: [{ shape: [] }], apply: (x) => squeeze(x), tolerance: exact, shape: [] },
  {
    name: "a transposed view",
    inputs: [{ shape: [3, 1, 5] }],
    apply: (x) => squeeze(transpose(x, 0, 2), 1),
    tolerance: exact,
    shape: [5, 3],
  },
]);

testOp("unsqueeze", [
  {
    name: "in front",
    inputs: [{ shape: [3] }],
    apply: (x) => unsqueeze(x, 0),
    tolerance: exact,
    shape: [1, 3],
  },
  {
    name: "at the end",
    inputs: [{ shape: [3, 2] }],
    apply: (x) => unsqueeze(x, -1),
    tolerance: exact,
    shape: [3, 2, 1],
  },
  {
    name: "between",
    inputs: [{ shape: [3, 2] }],
    apply: (x) => unsqueeze(x, 1),
    tolerance: exact,
    shape: [3, 1, 2],
  },
  { name: "a scalar", inputs: [{ shape: [] }], apply: (x) => unsqueeze(x, 0), tolerance: exact, shape: [1] },
]);

testOp("flatten", [
  {
    name: "everything",
    inputs: [{ shape: [2, 1, 2], values: [1, 2, 3, 4] }],
    apply: (x) => flatten(x),
    tolerance: exact,
    shape: [4],
    expected: [1, 2, 3, 4],
  },
  {
    name: "all but the batch",
    inputs: [{ shape: [2, 3, 5] }],
    apply: (x) => flatten(x, { startAxis: 1 }),
    tolerance: exact,
    shape: [2, 15],
  },
  {
    name: "axes in the middle",
    inputs: [{ shape: [2, 3, 5, 7] }],
    apply: (x) => flatten(x, { startAxis: 1, endAxis: -2 }),
    tolerance: exact,
    shape: [2, 15, 7],
  },
  { name: "a scalar", inputs: [{ shape: [] }], apply: (x) => flatten(x), tolerance: exact, shape: [1] },
  {
    name: "no element",
    inputs: [{ shape: [2, 0, 3] }],
    apply: (x) => flatten(x),
    tolerance: exact,
    shape: [0],
  },
]);

testErrors("squeeze", [
  {
    name: "an axis of another size",
    run: () => squeeze(inputNode([2, 1], "f32"), 0),
    error: ShapeError,
    text: "squeeze: axis 0 of [2, 1] has size 2; it must be 1.",
  },
  {
    name: "an axis twice",
    run: () => squeeze(inputNode([1, 1], "f32"), [0, -2]),
    error: ShapeError,
    text: "squeeze: axes [0, 0] name an axis twice; each may stand once.",
  },
  {
    name: "a new axis too far out",
    run: () => unsqueeze(inputNode([2], "f32"), 2),
    error: ShapeError,
    text: "unsqueeze: axis 2 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "axes the wrong way round",
    run: () => flatten(inputNode([2, 3], "f32"), { startAxis: 1, endAxis: 0 }),
    error: ShapeError,
    text: "flatten: startAxis 1 is after endAxis 0; it must not be.",
  },
]);
