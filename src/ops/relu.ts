// relu: y = x where x > 0, else 0.

import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { arithmetic } from "./dtypeRules.ts";
import { greater } from "./greater.ts";
import { operandZero } from "./operandZero.ts";
import { where } from "./where.ts";

/** max(x, 0); NaN stays NaN; the gradient at 0 is 0. x: any shape; bool counts as i32. Source: torch.relu. */
export const relu: UnaryOp = defineUnary({
  name: "relu",
  dtypes: arithmetic,
  reference: ([x]) => (x < 0 ? 0 : x),
  // Not max(): in WGSL that hides NaN.
  wgsl: ([x], types) => `select(${x}, ${operandZero(types)}, ${x} < ${operandZero(types)})`,
  gradient: ({ dy, y }) => [where(greater(y, 0), dy, 0)],
});
