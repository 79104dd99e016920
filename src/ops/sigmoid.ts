// sigmoid: the logistic function.

import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { floating } from "./dtypeRules.ts";
import { keepNaN } from "./keepNaN.ts";
import { mul } from "./mul.ts";
import { sub } from "./sub.ts";

/** 1 / (1 + e^-x). x: any shape; integers count as f32. Source: torch.sigmoid. */
export const sigmoid: UnaryOp = defineUnary({
  name: "sigmoid",
  dtypes: floating,
  reference: ([x]) => 1 / (1 + Math.exp(-x)),
  // e^88 is the last that f32 holds.
  wgsl: ([x], types) =>
    keepNaN(x, `1.0 / (1.0 + exp(clamp(-${x}, ${types.f32}(-88.0), ${types.f32}(88.0))))`, types),
  flops: 4,
  gradient: ({ dy, y }) => [mul(dy, mul(y, sub(1, y)))],
});
