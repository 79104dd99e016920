import { expect, test } from "vitest";
import { ShapeError } from "../../src/base/errors.ts";
import { inputNode } from "../../src/graph/source.ts";
import { lstmCell } from "../../src/ops/index.ts";
import { normalised } from "./families.ts";
import { checkOnGpu } from "./gpuCase.ts";
import { checkReference, checkSecondGradient, type OpCase } from "./opCase.ts";
import { cellErrors, f32, weights } from "./recurrentErrors.ts";
import { testErrors } from "./testOp.ts";

const known: OpCase = {
  name: "known values",
  inputs: [
    { shape: [1, 1], values: [2] },
    { shape: [1, 1], values: [3] },
    { shape: [1, 1], values: [4] },
    { shape: [4, 1], values: [1, 0, 0.5, -1] },
    { shape: [4, 1], values: [-1, 0, 0, 1] },
    { shape: [4], values: [1, 0, 0, -1] },
  ],
  apply: (x, hidden, cell, weightIh, weightHh, biasIh) =>
    lstmCell(x, { hidden, cell }, { weightIh, weightHh, biasIh }).cell,
  tolerance: normalised,
  // The gates come to 0, 0, 1, 0.
  expected: [2 + 0.5 * Math.tanh(1)],
};

if (__GPU__) {
  test("lstmCell: GPU", () => checkOnGpu([known]));
} else {
  test("lstmCell, known values", () => checkReference(known));
  test("lstmCell, twice differentiated", () => checkSecondGradient(known));
  test("lstmCell, half-precision weights are widened by the input", () => {
    const half = { weightIh: inputNode([8, 3], "f16"), weightHh: inputNode([8, 2], "f16") };
    const { hidden, cell } = lstmCell(f32(4, 3), { hidden: f32(4, 2), cell: f32(4, 2) }, half);
    expect([hidden.shape, hidden.dtype, cell.shape, cell.dtype]).toEqual([[4, 2], "f32", [4, 2], "f32"]);
  });
}

testErrors("lstmCell", [
  ...cellErrors("lstmCell", 4, (x, hidden, own) => lstmCell(x, { hidden, cell: f32(4, 2) }, own)),
  {
    name: "a cell of another width",
    run: () => lstmCell(f32(4, 3), { hidden: f32(4, 2), cell: f32(4, 3) }, weights(4)),
    error: ShapeError,
    text: "lstmCell: cell is [4, 3]; it must be [4, 2].",
  },
]);
