// log: y = ln x.

import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { div } from "./div.ts";
import { floating } from "./dtypeRules.ts";
import { logarithmText } from "./keepNaN.ts";

/** The natural logarithm; -infinity at 0, NaN below. x: any shape; integers count as f32. Source: torch.log. */
export const log: UnaryOp = defineUnary({
  name: "log",
  dtypes: floating,
  reference: ([x]) => Math.log(x),
  wgsl: ([x], types) => logarithmText(x, `log(${x})`, types),
  flops: 2,
  gradient: ({ dy, inputs: [x] }) => [div(dy, x)],
});
