import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { add, concat, meshgrid, mul, stack } from "../../src/ops/index.ts";
import { exact, sums, ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("meshgrid", [
  {
    name: "rows and columns",
    inputs: [
      { shape: [2], values: [1, 2] },
      { shape: [3], values: [3, 4, 5] },
    ],
    apply: (a, b) => concat(meshgrid([a, b])),
    tolerance: exact,
    shape: [4, 3],
    expected: [1, 1, 1, 2, 2, 2, 3, 4, 5, 3, 4, 5],
    dy: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    expectedGradients: [
      [3, 12],
      [15, 17, 19],
    ],
  },
  {
    name: "as pictures have it",
    inputs: [
      { shape: [2], values: [1, 2] },
      { shape: [3], values: [3, 4, 5] },
    ],
    apply: (a, b) => concat(meshgrid([a, b], { indexing: "xy" })),
    tolerance: exact,
    shape: [6, 2],
    expected: [1, 2, 1, 2, 1, 2, 3, 3, 4, 4, 5, 5],
    gradientTolerance: sums(3),
  },
  {
    name: "three axes, one of them a scalar",
    inputs: [{ shape: [3] }, { shape: [] }, { shape: [2] }],
    apply: (a, b, c) => stack(meshgrid([a, b, c])),
    tolerance: exact,
    shape: [3, 3, 1, 2],
    gradientTolerance: sums(6),
    secondGradient: true,
  },
  {
    name: "read while computing",
    inputs: [{ shape: [3] }, { shape: [4] }],
    apply: (a, b) => meshgrid([a, b]).reduce((x, y) => add(mul(x, 2), y)),
    tolerance: ulps(3),
    shape: [3, 4],
    gradientTolerance: sums(4),
  },
  {
    name: "nothing",
    inputs: [{ shape: [0] }, { shape: [2] }],
    apply: (a, b) => concat(meshgrid([a, b])),
    tolerance: exact,
    shape: [0, 2],
  },
]);

testErrors("meshgrid", [
  {
    name: "an empty list",
    run: () => meshgrid([]),
    error: UsageError,
    text: "meshgrid: the list is empty; it must hold at least one tensor.",
  },
  {
    name: "a matrix",
    run: () => meshgrid([inputNode([2, 3], "f32")]),
    error: ShapeError,
    text: "meshgrid: one of the list is [2, 3]; it must have at most 1 axis.",
  },
  {
    name: "an unknown indexing",
    run: () => meshgrid([inputNode([3], "f32")], { indexing: "yx" as "xy" }),
    error: UsageError,
    text: 'meshgrid: indexing "yx"; it must be "ij" or "xy".',
  },
]);
