// sqrt: y = sqrt(x).

import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { div } from "./div.ts";
import { floating } from "./dtypeRules.ts";
import { mul } from "./mul.ts";

/** The square root; NaN below 0. x: any shape; integers count as f32. Source: torch.sqrt. */
export const sqrt: UnaryOp = defineUnary({
  name: "sqrt",
  dtypes: floating,
  reference: ([x]) => Math.sqrt(x),
  wgsl: ([x]) => `sqrt(${x})`,
  gradient: ({ dy, y }) => [div(mul(dy, 0.5), y)],
});
