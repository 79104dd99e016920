// tanh: the hyperbolic tangent.

import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { floating } from "./dtypeRules.ts";
import { keepNaN } from "./keepNaN.ts";
import { mul } from "./mul.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";

/** tanh x. x: any shape; integers count as f32. Source: torch.tanh. */
export const tanh: UnaryOp = defineUnary({
  name: "tanh",
  dtypes: floating,
  reference: ([x]) => Math.tanh(x),
  // WGSL's tanh overflows to NaN from 44 (Metal) or 89 on; from 15 on the result is 1 in f32 anyhow.
  wgsl: ([x], types) => keepNaN(x, `tanh(clamp(${x}, ${types.f32}(-15.0), ${types.f32}(15.0)))`, types),
  flops: 4,
  gradient: ({ dy, y }) => [mul(dy, sub(1, square(y)))],
});
