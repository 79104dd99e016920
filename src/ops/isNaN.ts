// isNaN: whether x is not a number.

import { defineUnary, floatingTest, type UnaryOp } from "./defineElementwise.ts";

/** Whether x is NaN. x: f32 or f16; the result is bool. Source: torch.isnan. */
export const isNaN: UnaryOp = defineUnary({
  name: "isNaN",
  dtypes: floatingTest,
  reference: ([x]) => (Number.isNaN(x) ? 1 : 0),
  // By bits: a WGSL compiler may take x != x to be false.
  wgsl: ([x], { u32 }) => `(bitcast<${u32}>(${x}) & ${u32}(0x7fffffffu)) > ${u32}(0x7f800000u)`,
});
