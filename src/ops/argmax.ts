// argmax: where the largest element stands.

import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { apply, defineKernel } from "./define.ts";
import {
  type AxisOptions,
  reduceDispatch,
  reducedShape,
  reduceOver,
  reduceReference,
  requireElements,
} from "./reduction.ts";

const record = defineKernel<undefined>({
  name: "argmax",
  output: ([x]) => ({ shape: reducedShape(x), dtype: "i32" }),
  reference: ([x]) => reduceReference(x, firstExtremum),
  dispatch: ([x], _attrs, device) => reduceDispatch("argmax", x, device),
});

function firstExtremum(values: Float64Array): number {
  const nan = values.findIndex(Number.isNaN);
  return nan >= 0 ? nan : values.reduce((best, value, index) => (value > values[best] ? index : best), 0);
}

/**
 * The position of the largest element over `axis` (of all elements, row-major, where not given), as i32. Of equal ones the
 * lowest position; NaN counts as the largest. Throws ShapeError for an axis out of range or an empty one. Source: torch.argmax.
 */
export function argmax<T extends Value>(x: T, options: AxisOptions = {}): T {
  requireTensor("argmax", "x", x);
  requireElements("argmax", x, options);
  return reduceOver("argmax", x, options, (middle) => apply(record, [middle], undefined));
}
