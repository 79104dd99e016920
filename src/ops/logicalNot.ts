// logicalNot: y = x is zero.

import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { comparison } from "./dtypeRules.ts";
import { operandZero } from "./operandZero.ts";

/** Whether x is zero (or false); NaN is not. x: any dtype; the result is bool. Source: torch.logical_not. */
export const logicalNot: UnaryOp = defineUnary({
  name: "logicalNot",
  dtypes: comparison,
  reference: ([x]) => (x === 0 ? 1 : 0),
  wgsl: ([x], types) => `${x} == ${operandZero(types)}`,
});
