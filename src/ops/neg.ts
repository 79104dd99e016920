// neg: y = -x.

import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { signed } from "./dtypeRules.ts";

/** -x. x: any shape; bool counts as i32. Source: torch.neg. */
export const neg: UnaryOp = defineUnary({
  name: "neg",
  dtypes: signed,
  reference: ([x]) => -x,
  wgsl: ([x]) => `-${x}`,
  gradient: ({ dy }) => [neg(dy)],
});
