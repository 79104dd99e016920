import { test } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import { type Nonlinearity, rnnCell } from "../../src/ops/index.ts";
import { normalised } from "./families.ts";
import { checkOnGpu } from "./gpuCase.ts";
import { checkReference, type OpCase } from "./opCase.ts";
import { cellErrors, f32, weights } from "./recurrentErrors.ts";
import { testErrors } from "./testOp.ts";

const known = (nonlinearity: Nonlinearity, expected: number[]): OpCase => ({
  name: nonlinearity,
  inputs: [
    { shape: [2, 1], values: [2, -2] },
    { shape: [2, 1], values: [3, 0] },
    { shape: [1, 1], values: [0.5] },
    { shape: [1, 1], values: [1] },
    { shape: [1], values: [-2] },
  ],
  apply: (x, hidden, weightIh, weightHh, biasIh) =>
    rnnCell(x, hidden, { weightIh, weightHh, biasIh }, { nonlinearity }),
  tolerance: normalised,
  expected,
});

const cases = [known("tanh", [Math.tanh(2), Math.tanh(-3)]), known("relu", [2, 0])];

if (__GPU__) test("rnnCell: GPU", () => checkOnGpu(cases));
else test.each(cases)("rnnCell, $name", (one) => checkReference(one));

testErrors("rnnCell", [
  ...cellErrors("rnnCell", 1, rnnCell),
  {
    name: "another function",
    run: () => rnnCell(f32(4, 3), f32(4, 2), weights(1), { nonlinearity: "sin" as Nonlinearity }),
    error: UsageError,
    text: 'rnnCell: nonlinearity is "sin"; it must be "tanh" or "relu".',
  },
]);
