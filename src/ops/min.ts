// min: the smallest element over any axes.

import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { apply, defineKernel, type KernelOp, makeNode } from "./define.ts";
import { arithmetic } from "./dtypeRules.ts";
import {
  type AxisOptions,
  extremumGradient,
  reduceDispatch,
  reducedChoices,
  reducedInParts,
  reducedShape,
  reduceOver,
  reduceReference,
  requireElements,
} from "./reduction.ts";

const record: KernelOp = defineKernel<undefined>({
  name: "min",
  output: ([x]) => ({ shape: reducedShape(x), dtype: arithmetic.result(x.dtype) }),
  reference: ([x]) =>
    reduceReference(x, (values) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)),
  gradient: ({ dy, y, inputs: [x] }) => [extremumGradient(dy, y, x)],
  dispatch: ([x], _attrs, device) => reduceDispatch("min", x, device),
  choices: ([x], _attrs, device) => reducedChoices("min", x, device),
  expand: ({ inputs: [x], device }) =>
    reducedInParts(x, device, (part) => makeNode(record, [part], undefined)),
});

/**
 * The smallest element over `axis` (all axes where not given); NaN where there is one. Elements that tie share the gradient.
 * Throws ShapeError for an axis out of range or an empty one. Source: torch.amin.
 */
export function min<T extends Value>(x: T, options: AxisOptions = {}): T {
  requireTensor("min", "x", x);
  requireElements("min", x, options);
  return reduceOver("min", x, options, (middle) => apply(record, [middle], undefined));
}
