// logicalNot: y = x is zero.

import { defineUnary, logical, type UnaryOp } from "./defineElementwise.ts";

/** Whether x is zero (or false). x: any dtype; the result is bool. Source: torch.logical_not. */
export const logicalNot: UnaryOp = defineUnary({
  name: "logicalNot",
  dtypes: logical,
  reference: ([x]) => (x === 0 ? 1 : 0),
  wgsl: ([x]) => `!${x}`,
});
