// min: the smallest element over any axes.

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
  name: "min",
  output: ([x]) => ({ shape: reducedShape(x), dtype: arithmetic.result(x.dtype) }),
  reference: ([x]) =>
    reduceReference(x, (values) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)),
  gradient: ({ dy, y, inputs: [x], o }) => [extremumGradient(o, dy, y, x)],
  dispatch: ([x], _attrs, device) => reduceDispatch("min", x, device),
});

/**
 * The smallest element over `axis` (all axes where not given); NaN where there is one. Elements that tie share the gradient.
 * Throws ShapeError for an axis out of range or an empty one. Source: torch.amin.
 */
export function min<T extends Value>(x: T, options: AxisOptions = {}): T {
  requireElements("min", x, options);
  return reduceOver("min", x, options, (middle) => apply(record, [middle], undefined));
}
