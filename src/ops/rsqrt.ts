// rsqrt: y = 1 / sqrt(x).

import { defineUnary, floating, type UnaryOp } from "./defineElementwise.ts";

/** 1 / sqrt(x). x: any shape; integers count as f32. Source: torch.rsqrt. */
export const rsqrt: UnaryOp = defineUnary({
  name: "rsqrt",
  dtypes: floating,
  reference: ([x]) => 1 / Math.sqrt(x),
  wgsl: ([x]) => `inverseSqrt(${x})`,
  gradient: ({ dy, y, o }) => [o.mul(o.mul(dy, -0.5), o.mul(y, o.square(y)))],
});
