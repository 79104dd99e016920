import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { concat, mul, unbind } from "../../src/ops/index.ts";
import { ulps } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

/** All pieces, each times its place, so that none can stand for another. */
testOp("unbind", [
  {
    name: "columns",
    inputs: [{ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }],
    apply: (x) => concat(unbind(x, { axis: 1 }).map((piece, index) => mul(piece, index + 1))),
    tolerance: ulps(1),
    shape: [6],
    expected: [1, 4, 4, 10, 9, 18],
    dy: [1, 1, 2, 2, 3, 3],
    expectedGradients: [[1, 4, 9, 1, 4, 9]],
    secondGradient: true,
  },
  {
    name: "rows",
    inputs: [{ shape: [3, 4] }],
    apply: (x) => concat(unbind(x).map((piece, index) => mul(piece, index + 1))),
    tolerance: ulps(1),
    shape: [12],
  },
]);

testErrors("unbind", [
  {
    name: "an axis out of range",
    run: () => unbind(inputNode([2, 3], "f32"), { axis: -3 }),
    error: ShapeError,
    text: "unbind: axis -3 is out of range for 2 axes; it must be a whole number in -2..1.",
  },
  {
    name: "a scalar",
    run: () => unbind(inputNode([], "f32")),
    error: ShapeError,
    text: "unbind: axis 0 is out of range for 0 axes; a scalar has no axes.",
  },
]);
