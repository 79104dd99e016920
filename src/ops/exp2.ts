// exp2: y = 2^x.

import exponential from "../../shaders/lib/exponential.wgsl?raw";
import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { floating } from "./dtypeRules.ts";
import { keepNaN } from "./keepNaN.ts";
import { mul } from "./mul.ts";

/** 2^x. x: any shape; integers count as f32. Source: torch.exp2. */
export const exp2: UnaryOp = defineUnary({
  name: "exp2",
  dtypes: floating,
  reference: ([x]) => 2 ** x,
  wgsl: ([x], types) => keepNaN(x, types.call("exp_two", x), types),
  libraries: [exponential],
  flops: 16,
  gradient: ({ dy, y }) => [mul(dy, mul(y, Math.LN2))],
});
