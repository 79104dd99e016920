// isInf: whether x is infinite.

import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { floatingTest } from "./dtypeRules.ts";

/** Whether x is one of the infinities. x: any dtype, though only floats can be; the result is bool. Source: torch.isinf. */
export const isInf: UnaryOp = defineUnary({
  name: "isInf",
  dtypes: floatingTest,
  reference: ([x]) => (Math.abs(x) === Number.POSITIVE_INFINITY ? 1 : 0),
  // By the bits, as a compiler may take it that all numbers are finite.
  wgsl: ([x], { u32 }) => `(bitcast<${u32}>(${x}) & ${u32}(0x7fffffffu)) == ${u32}(0x7f800000u)`,
});
