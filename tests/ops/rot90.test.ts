import { ShapeError, UsageError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { rot90 } from "../../src/ops/index.ts";
import { exact } from "./families.ts";
import { testErrors, testOp } from "./testOp.ts";

testOp("rot90", [
  {
    name: "once",
    inputs: [{ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }],
    apply: (x) => rot90(x),
    tolerance: exact,
    shape: [3, 2],
    expected: [3, 6, 2, 5, 1, 4],
    dy: [1, 2, 3, 4, 5, 6],
    expectedGradients: [[5, 3, 1, 6, 4, 2]],
    secondGradient: true,
  },
  {
    name: "back",
    inputs: [{ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }],
    apply: (x) => rot90(x, { k: -1 }),
    tolerance: exact,
    shape: [3, 2],
    expected: [4, 1, 5, 2, 6, 3],
  },
  {
    name: "half way, in another plane",
    inputs: [{ shape: [2, 3, 4] }],
    apply: (x) => rot90(x, { k: 2, axes: [2, 0] }),
    tolerance: exact,
    shape: [2, 3, 4],
  },
  {
    name: "all the way",
    inputs: [{ shape: [2, 3] }],
    apply: (x) => rot90(x, { k: 8 }),
    tolerance: exact,
    shape: [2, 3],
  },
]);

testErrors("rot90", [
  {
    name: "one axis twice",
    run: () => rot90(inputNode([2, 3], "f32"), { axes: [1, -1] }),
    error: ShapeError,
    text: "rot90: axes [1, -1] are no plane; they must be two different axes.",
  },
  {
    name: "a row",
    run: () => rot90(inputNode([3], "f32")),
    error: ShapeError,
    text: "rot90: axis 1 is out of range for 1 axes; it must be a whole number in -1..0.",
  },
  {
    name: "half a right angle",
    run: () => rot90(inputNode([2, 3], "f32"), { k: 0.5 }),
    error: UsageError,
    text: "rot90: k is 0.5; it must be a whole number from -9007199254740991.",
  },
]);
