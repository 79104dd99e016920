// arange: a tensor that counts.

import { arangeNode } from "../ops/arange.ts";
import { requireShape } from "../tensor/shape.ts";
import { requireEngine } from "./engine.ts";
import { Tensor, type TensorOptions } from "./tensor.ts";

/** 0, 1, … count - 1 as f32 (default), i32 or u32. Throws ShapeError for a negative count. Source: torch.arange. */
export function arange(
  count: number,
  {
    dtype = "f32",
    engine = requireEngine("arange"),
  }: Omit<TensorOptions, "dtype"> & { dtype?: "f32" | "i32" | "u32" } = {},
): Tensor {
  requireShape("arange", [count]);
  return new Tensor(engine, arangeNode(count, dtype), engine.trace);
}
