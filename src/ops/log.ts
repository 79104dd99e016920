// log: y = ln x.

import { defineUnary, floating, type UnaryOp } from "./defineElementwise.ts";
import { keepNaN } from "./keepNaN.ts";

/** The natural logarithm. x: any shape; integers count as f32. Source: torch.log. */
export const log: UnaryOp = defineUnary({
  name: "log",
  dtypes: floating,
  reference: ([x]) => Math.log(x),
  wgsl: ([x], types) => keepNaN(x, `log(${x})`, types),
  gradient: ({ dy, inputs: [x], o }) => [o.div(dy, x)],
});
