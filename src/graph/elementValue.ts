// One element of an elementwise op, computed in float64 on the CPU: what constants are folded with, and references too.

import { type Dtype, INTEGER_RANGES, isFloating, roundToDtype } from "../tensor/dtype.ts";
import type { Node, Spec } from "./node.ts";
import type { ElementwiseRecord } from "./op.ts";

/** The element at `index` of what `op` makes, of dtype `node.dtype`, given those of its inputs there. */
export function elementValue(
  op: ElementwiseRecord,
  node: Pick<Node, "inputs" | "attrs" | "dtype">,
  values: readonly number[],
  index: number,
): number {
  const operands = op.operands(node.inputs, node.attrs);
  const args = values.map((value, k) =>
    exactInteger(inRange(value, node.inputs[k].dtype, operands[k]), operands[k]),
  );
  return exactInteger(op.reference(args, node.attrs, index), node.dtype);
}

/** Floats on their way to integers: beyond the range they count as its ends. */
function inRange(value: number, from: Dtype, to: Dtype): number {
  const range = isFloating(from) ? INTEGER_RANGES[to] : undefined;
  return range === undefined ? value : Math.min(Math.max(value, range.least), range.greatest);
}

/** Integers and bools as their dtype holds them; floats stay float64. */
export function exactInteger(value: number, dtype: Spec["dtype"]): number {
  return isFloating(dtype) ? value : roundToDtype(value, dtype);
}
