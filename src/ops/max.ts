// max: the largest element over any axes.

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
  name: "max",
  output: ([x]) => ({ shape: reducedShape(x), dtype: arithmetic.result(x.dtype) }),
  reference: ([x]) =>
    reduceReference(x, (values) => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)),
  gradient: ({ dy, y, inputs: [x] }) => [extremumGradient(dy, y, x)],
  dispatch: ([x], _attrs, device) => reduceDispatch("max", x, device),
  choices: ([x], _attrs, device) => reducedChoices("max", x, device),
  expand: ({ inputs: [x], device }) =>
    reducedInParts(x, device, (part) => makeNode(record, [part], undefined)),
});

/**
 * The largest element over `axis` (all axes where not given); NaN where there is one. Elements that tie share the gradient.
 * Throws ShapeError for an axis out of range or an empty one. Source: torch.amax.
 */
export function max<T extends Value>(x: T, options: AxisOptions = {}): T {
  requireTensor("max", "x", x);
  requireElements("max", x, options);
  return reduceOver("max", x, options, (middle) => apply(record, [middle], undefined));
}
