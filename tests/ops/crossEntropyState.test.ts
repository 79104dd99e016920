import { constantNode } from "../../src/graph/source.ts";
import { crossEntropyState } from "../../src/ops/index.ts";
import { given } from "./elementwiseCases.ts";
import { normalised } from "./families.ts";
import { testOp } from "./testOp.ts";

const chunk = { shape: [2, 2], values: [0, Math.log(3), Math.log(2), 0] };

testOp("crossEntropyState", [
  {
    name: "the first chunk of two",
    inputs: [chunk, given([1, 3], "i32")],
    apply: (logits, labels) => {
      const before = logits.derive(constantNode(0, "f32", [3, 2]), [logits]);
      return crossEntropyState(logits, labels, before, { start: 0, allClasses: 4, ignoreIndex: -100 });
    },
    tolerance: normalised,
    shape: [3, 2],
    expected: [Math.log(3), Math.LN2, 1 + 1 / 3, 1.5, Math.log(3), 0],
    withoutGradient: true,
  },
  {
    name: "a later chunk: sums are rescaled to the larger",
    inputs: [chunk, given([1, 3], "i32"), { shape: [3, 2], values: [0, Math.log(8), 1, 1.5, -5, -6] }],
    apply: (logits, labels, before) =>
      crossEntropyState(logits, labels, before, { start: 2, allClasses: 4, ignoreIndex: -100 }),
    tolerance: normalised,
    expected: [Math.log(3), Math.log(8), 5 / 3, 1.5 + 3 / 8, -5, 0],
    withoutGradient: true,
  },
  {
    name: "a label that is none, and one that is to be ignored",
    inputs: [chunk, given([4, -1], "i32")],
    apply: (logits, labels) => {
      const before = logits.derive(constantNode(0, "f32", [3, 2]), [logits]);
      return crossEntropyState(logits, labels, before, { start: 0, allClasses: 4, ignoreIndex: -1 });
    },
    tolerance: normalised,
    expected: [Math.log(3), Math.LN2, Number.NaN, 1.5, 0, 0],
    withoutGradient: true,
  },
]);
