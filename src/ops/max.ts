// max: the largest element over any axes.

import type { Value } from "../graph/node.ts";
import { apply, defineKernel } from "./define.ts";
import { arithmetic } from "./defineElementwise.ts";
import {
  type AxisOptions,
  extremumGradient,
  reduceDispatch,
  reducedShape,
  reduceOver,
  reduceReference,
  requireElements,
} from "./reduction.ts";

const record = defineKernel<undefined>({
  name: "max",
  output: ([x]) => ({ shape: reducedShape(x), dtype: arithmetic.result(x.dtype) }),
  reference: ([x]) =>
    reduceReference(x, (values) => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)),
  gradient: ({ dy, y, inputs: [x], o }) => [extremumGradient(o, dy, y, x)],
  dispatch: ([x], _attrs, device) => reduceDispatch("max", x, device),
});

/**
 * The largest element over `axis` (all axes where not given); NaN where there is one. Elements that tie share the gradient.
 * Throws ShapeError for an axis out of range or an empty one. Source: torch.amax.
 */
export function max<T extends Value>(x: T, options: AxisOptions = {}): T {
  requireElements("max", x, options);
  return reduceOver("max", x, options, (middle) => apply(record, [middle], undefined));
}
