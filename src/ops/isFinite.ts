// isFinite: whether x is a number, and none of the infinities.

import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { floatingTest } from "./dtypeRules.ts";

/** Whether x is neither NaN nor infinite. x: any dtype, though only floats can be; the result is bool. Source: torch.isfinite. */
const finite: UnaryOp = defineUnary({
  name: "isFinite",
  dtypes: floatingTest,
  reference: ([x]) => (Number.isFinite(x) ? 1 : 0),
  // By the bits, as a compiler may take it that all numbers are finite.
  wgsl: ([x], { u32 }) => `(bitcast<${u32}>(${x}) & ${u32}(0x7f800000u)) < ${u32}(0x7f800000u)`,
});

// By another name inside this file, where the global isFinite stays itself.
export { finite as isFinite };
