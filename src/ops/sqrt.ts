// sqrt: y = sqrt(x).

import { defineUnary, floating, type UnaryOp } from "./defineElementwise.ts";

/** The square root; NaN below 0. x: any shape; integers count as f32. Source: torch.sqrt. */
export const sqrt: UnaryOp = defineUnary({
  name: "sqrt",
  dtypes: floating,
  reference: ([x]) => Math.sqrt(x),
  wgsl: ([x]) => `sqrt(${x})`,
  gradient: ({ dy, y, o }) => [o.div(o.mul(dy, 0.5), y)],
});
