import { conv2dInputGradient } from "../../src/ops/innerOps.ts";
import { attrsOf, geometries } from "./conv2dCases.ts";
import { exact, sums } from "./families.ts";
import type { InputSpec, OpCase } from "./opCase.ts";
import { testOp } from "./testOp.ts";

function whole(shape: readonly number[]): InputSpec {
  return { shape, integers: true, low: -3, high: 4 };
}

const byGeometry = geometries.map((geometry): OpCase => {
  const attrs = attrsOf(geometry);
  return {
    name: geometry.name,
    inputs: [whole(attrs.output), whole(geometry.weight)],
    apply: (dy, w) => conv2dInputGradient(dy, w, attrs),
    tolerance: exact,
    shape: geometry.input,
    secondGradient: geometry.isSmall,
  };
});

const plain = attrsOf({ name: "", input: [1, 1, 3, 3], weight: [1, 1, 2, 2] });
const strided = attrsOf({
  name: "",
  input: [2, 3, 9, 9],
  weight: [4, 3, 3, 3],
  stride: [2, 2],
  padding: [1, 1],
});

testOp("conv2dInputGradient", [
  {
    name: "known values",
    inputs: [
      { shape: [1, 1, 2, 2], values: [1, 2, 3, 4], integers: true },
      { shape: [1, 1, 2, 2], values: [1, 0, 0, -1] },
    ],
    apply: (dy, w) => conv2dInputGradient(dy, w, plain),
    tolerance: exact,
    expected: [1, 2, 0, 3, 3, -2, 0, -3, -4],
  },
  ...byGeometry,
  {
    name: "fractions",
    inputs: [{ shape: strided.output }, { shape: strided.weight }],
    apply: (dy, w) => conv2dInputGradient(dy, w, strided),
    tolerance: sums(36),
  },
]);
