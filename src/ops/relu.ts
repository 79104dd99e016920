// relu: y = x where x > 0, else 0.

import { defineUnary, floating, type UnaryOp } from "./defineElementwise.ts";

/** max(x, 0); NaN stays NaN; the gradient at 0 is 0. x: any shape. Source: torch.relu. */
export const relu: UnaryOp = defineUnary({
  name: "relu",
  dtypes: floating,
  reference: ([x]) => (x < 0 ? 0 : x),
  // Not max(): in WGSL that hides NaN.
  wgsl: ([x], { f32 }) => `select(${x}, ${f32}(0.0), ${x} < ${f32}(0.0))`,
  gradient: ({ dy, y, o }) => [o.where(o.greater(y, 0), dy, 0)],
});
