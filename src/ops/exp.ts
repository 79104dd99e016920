// exp: y = e^x.

import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { floating } from "./dtypeRules.ts";
import { keepNaN } from "./keepNaN.ts";
import { mul } from "./mul.ts";

/** e^x. x: any shape; integers count as f32. Source: torch.exp. */
export const exp: UnaryOp = defineUnary({
  name: "exp",
  dtypes: floating,
  reference: ([x]) => Math.exp(x),
  wgsl: ([x], types) => keepNaN(x, `exp(${x})`, types),
  gradient: ({ dy, y }) => [mul(dy, y)],
});
