// A case of PyTorch's tables as a graph.

import { UsageError } from "../../src/base/errors.ts";
import type { Node } from "../../src/graph/node.ts";
import { inputNode } from "../../src/graph/source.ts";
import { type Dtype, isFloating } from "../../src/tensor/dtype.ts";
import type { OracleCase } from "./opTables.ts";

/** A result, and the inputs that it is differentiated by. */
export interface Traced {
  readonly y: Node;
  readonly wrt: readonly Node[];
}

/** The op over inputs that are fed, f32 ones as `dtype`. */
export function trace({ inputs, apply, withoutGradient }: OracleCase, dtype: Dtype = "f32"): Traced {
  const nodes = inputs.map((spec) =>
    inputNode(spec.shape, spec.dtype === "f32" ? dtype : (spec.dtype ?? dtype)),
  );
  const wrt = nodes.filter((node, index) => isFloating(node.dtype) && !inputs[index].constant);
  return { y: apply(...nodes), wrt: withoutGradient ? [] : wrt };
}

/** Whether `one` can be asked of `dtype`: it has such inputs, or its f32 ones may be of it. */
export function takes(one: OracleCase, dtype: Dtype): boolean {
  const own = new Set(one.inputs.map((spec) => spec.dtype ?? "f32"));
  if (own.has(dtype)) return true;
  if (!own.has("f32")) return false;
  try {
    trace(one, dtype);
    return true;
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}
