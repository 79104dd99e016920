// rsqrt: y = 1 / sqrt(x).

import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { floating } from "./dtypeRules.ts";
import { mul } from "./mul.ts";
import { square } from "./square.ts";

/** 1 / sqrt(x). x: any shape; integers count as f32. Source: torch.rsqrt. */
export const rsqrt: UnaryOp = defineUnary({
  name: "rsqrt",
  dtypes: floating,
  reference: ([x]) => 1 / Math.sqrt(x),
  wgsl: ([x]) => `inverseSqrt(${x})`,
  gradient: ({ dy, y }) => [mul(mul(dy, -0.5), mul(y, square(y)))],
});
