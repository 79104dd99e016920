// argmin: where the smallest element stands.

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
  name: "argmin",
  output: ([x]) => ({ shape: reducedShape(x), dtype: "i32" }),
  reference: ([x]) => reduceReference(x, firstExtremum),
  dispatch: ([x], _attrs, device) => reduceDispatch("argmin", x, device),
});

function firstExtremum(values: Float64Array): number {
  const nan = values.findIndex(Number.isNaN);
  return nan >= 0 ? nan : values.reduce((best, value, index) => (value < values[best] ? index : best), 0);
}

/**
 * The position of the smallest element over `axis` (of all elements, row-major, where not given), as i32. Of equal ones the
 * lowest position; NaN counts as the smallest. Throws ShapeError for an axis out of range or an empty one. Source: torch.argmin.
 */
export function argmin<T extends Value>(x: T, options: AxisOptions = {}): T {
  requireTensor("argmin", "x", x);
  requireElements("argmin", x, options);
  return reduceOver("argmin", x, options, (middle) => apply(record, [middle], undefined));
}
