// logicalNot: y = x is zero.

import { comparison, defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { operandZero } from "./operandZero.ts";

/** Whether x is zero (or false); NaN is not. x: any dtype; the result is bool. Source: torch.logical_not. */
export const logicalNot: UnaryOp = defineUnary({
  name: "logicalNot",
  dtypes: comparison,
  reference: ([x]) => (x === 0 ? 1 : 0),
  wgsl: ([x], types) => `${x} == ${operandZero(types)}`,
});
