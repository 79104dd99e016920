import { arrangeRows, sortedRows } from "../../src/ops/innerOps.ts";
import { exact } from "./families.ts";
import { testOp } from "./testOp.ts";

testOp("sortedRows", [
  {
    name: "keys that rise as the elements do",
    inputs: [{ shape: [1, 5], values: [0.5, -2, 0, 3, -2] }],
    apply: (x) => sortedRows(x, false).places,
    tolerance: exact,
    expected: [1, 4, 2, 0, 3],
    withoutGradient: true,
  },
  {
    name: "equal keys for equal elements",
    inputs: [{ shape: [1, 3], values: [-0, 0, Number.NaN] }],
    apply: (x) => sortedRows(x, false).keys,
    tolerance: exact,
    expected: [0, 0, 2147483647],
    withoutGradient: true,
  },
]);

testOp("arrangeRows", [
  {
    name: "known values",
    inputs: [
      { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
      { shape: [2, 3], values: [2, 0, 1, 0, 2, 1], dtype: "i32" },
    ],
    apply: (x, places) => arrangeRows(x, places),
    tolerance: exact,
    expected: [3, 1, 2, 4, 6, 5],
    dy: [1, 2, 3, 4, 5, 6],
    expectedGradients: [[2, 3, 1, 4, 6, 5]],
    secondGradient: true,
  },
]);
