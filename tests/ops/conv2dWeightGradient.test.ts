import { conv2dWeightAndBiasGradient, conv2dWeightGradient } from "../../src/ops/innerOps.ts";
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
    inputs: [whole(attrs.output), whole(geometry.input)],
    apply: (dy, x) => conv2dWeightGradient(dy, x, attrs),
    tolerance: exact,
    shape: geometry.weight,
    secondGradient: geometry.isSmall,
  };
});

const withBias = geometries.map((geometry): OpCase => {
  const attrs = attrsOf(geometry);
  const [channels, ...taps] = geometry.weight;
  return {
    name: `${geometry.name}, and the bias`,
    inputs: [whole(attrs.output), whole(geometry.input)],
    apply: (dy, x) => conv2dWeightAndBiasGradient(dy, x, attrs),
    tolerance: exact,
    shape: [channels * taps.reduce((count, size) => count * size, 1) + channels],
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

testOp("conv2dWeightGradient", [
  {
    name: "known values",
    inputs: [
      { shape: [1, 1, 2, 2], values: [1, 2, 3, 4], integers: true },
      { shape: [1, 1, 3, 3], values: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
    ],
    apply: (dy, x) => conv2dWeightGradient(dy, x, plain),
    tolerance: exact,
    expected: [37, 47, 67, 77],
  },
  {
    name: "known values, and the bias",
    inputs: [
      { shape: [1, 1, 2, 2], values: [1, 2, 3, 4], integers: true },
      { shape: [1, 1, 3, 3], values: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
    ],
    apply: (dy, x) => conv2dWeightAndBiasGradient(dy, x, plain),
    tolerance: exact,
    expected: [37, 47, 67, 77, 10],
  },
  ...byGeometry,
  ...withBias,
  {
    name: "fractions",
    inputs: [{ shape: strided.output }, { shape: strided.input }],
    apply: (dy, x) => conv2dWeightGradient(dy, x, strided),
    tolerance: sums(50),
  },
]);
