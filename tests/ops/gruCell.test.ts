import { test } from "vitest";
import { gruCell } from "../../src/ops/index.ts";
import { normalised } from "./families.ts";
import { checkOnGpu } from "./gpuCase.ts";
import { checkReference, checkSecondGradient, type OpCase } from "./opCase.ts";
import { cellErrors } from "./recurrentErrors.ts";
import { testErrors } from "./testOp.ts";

const known: OpCase = {
  name: "known values",
  inputs: [
    { shape: [1, 1], values: [2] },
    { shape: [1, 1], values: [3] },
    { shape: [3, 1], values: [1.5, 0, 0.5] },
    { shape: [3, 1], values: [-1, 0, 1] },
    { shape: [3], values: [0, 0, 5] },
  ],
  // The bias of n is inside of what the reset gate weakens.
  apply: (x, hidden, weightIh, weightHh, biasHh) => gruCell(x, hidden, { weightIh, weightHh, biasHh }),
  tolerance: normalised,
  expected: [0.5 * Math.tanh(1 + 0.5 * 8) + 1.5],
};

if (__GPU__) {
  test("gruCell: GPU", () => checkOnGpu([known]));
} else {
  test("gruCell, known values", () => checkReference(known));
  test("gruCell, twice differentiated", () => checkSecondGradient(known));
}

testErrors("gruCell", cellErrors("gruCell", 3, gruCell));
