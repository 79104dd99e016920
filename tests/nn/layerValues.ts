// Values for tests of layers, and what is read of a layer.

import { expect } from "vitest";
import { type Tensor, tensor } from "../../src/api/tensor.ts";
import type { AnyModule } from "../../src/nn/nn.ts";
import { elementCount, type Shape } from "../../src/tensor/shape.ts";
import { allowedError } from "../setup/tolerances.ts";

/** The names of all that a checkpoint holds. */
export const keysOf = (module: AnyModule) => [...module.stateDict().keys()];

/** The shapes of all that a checkpoint holds. */
export const shapesOf = (module: AnyModule) =>
  Object.fromEntries([...module.stateDict()].map(([name, { shape }]) => [name, shape]));

export const valuesOf = async (x: Tensor) => [...(await x.data())];

/** Numbers without a pattern, in [-1, 1]. */
export function numbers(shape: Shape, seed = 0): Tensor {
  const data = Float32Array.from({ length: elementCount(shape) }, (_, i) =>
    Math.sin(12.9898 * (i + 1) + 78 * seed),
  );
  return tensor(data, shape);
}

/** A mask, row by row: 1 is true. */
export function bools(rows: readonly (readonly number[])[]): Tensor {
  return tensor(Uint8Array.from(rows.flat()), [rows.length, rows[0].length], { dtype: "bool" });
}

/** The bar for softmax and what is made of it. */
export async function expectClose(actual: Tensor, expected: readonly number[]): Promise<void> {
  const values = await valuesOf(actual);
  expect(values.length).toBe(expected.length);
  expected.forEach((value, index) => {
    const bar = allowedError(
      { family: "normalised" },
      { expected: value, input: value, magnitude: Math.abs(value) },
    );
    expect(Math.abs(values[index] - value), `element ${index} is ${values[index]}`).toBeLessThanOrEqual(bar);
  });
}

/** The parameters of MultiheadAttention, in PyTorch's order. */
export const ATTENTION = ["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"];
