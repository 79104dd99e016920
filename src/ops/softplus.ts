// softplus: y = log(1 + e^x), a smooth relu.

import { defineUnary, floating, type UnaryOp } from "./defineElementwise.ts";

/** log(1 + e^x), safe for any size of x. x: any shape; integers count as f32. Source: torch.nn.functional.softplus. */
export const softplus: UnaryOp = defineUnary({
  name: "softplus",
  dtypes: floating,
  reference: ([x]) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  wgsl: ([x], { f32 }) => `select(${x}, ${f32}(0.0), ${x} < ${f32}(0.0)) + log(1.0 + exp(-abs(${x})))`,
  flops: 6,
  gradient: ({ dy, inputs: [x], o }) => [o.mul(dy, o.sigmoid(x))],
});
