// sum: over any axes.

import type { Node, Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { apply, defineKernel, type KernelOp, makeNode } from "./define.ts";
import { arithmetic } from "./dtypeRules.ts";
import {
  type AxisOptions,
  reduceDispatch,
  reducedChoices,
  reducedInParts,
  reducedShape,
  reduceOver,
  reduceReference,
} from "./reduction.ts";
import { reshape } from "./reshape.ts";

const record: KernelOp = defineKernel<undefined>({
  name: "sum",
  output: ([x]) => ({ shape: reducedShape(x), dtype: arithmetic.result(x.dtype) }),
  reference: ([x]) => reduceReference(x, (values) => values.reduce((total, value) => total + value, 0)),
  gradient({ dy, inputs: [{ shape }] }) {
    return [broadcastTo(reshape(dy, [shape[0], 1, shape[2]]), shape)];
  },
  dispatch: ([x], _attrs, device) => reduceDispatch("sum", x, device),
  choices: ([x], _attrs, device) => reducedChoices("sum", x, device),
  expand: ({ inputs: [x], device }) =>
    reducedInParts(x, device, (part) => makeNode(record, [part], undefined)),
});

/** Whether `node` is the sum over the middle axis of its input, [outer, length, inner]. */
export function isSum({ op }: Node): boolean {
  return op === record;
}

/**
 * The sum over `axis` (all axes where not given). x: any shape; bool counts as i32; an empty sum is 0.
 * Throws ShapeError for an axis out of range. Source: torch.sum.
 */
export function sum<T extends Value>(x: T, options: AxisOptions = {}): T {
  requireTensor("sum", "x", x);
  return reduceOver("sum", x, options, (middle) => apply(record, [middle], undefined));
}
