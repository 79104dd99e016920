// acosh: the inverse of the hyperbolic cosine.

import floatBits from "../../shaders/lib/float_bits.wgsl?raw";
import logarithm from "../../shaders/lib/logarithm.wgsl?raw";
import { add } from "./add.ts";
import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { floating } from "./dtypeRules.ts";
import { keepNaN } from "./keepNaN.ts";
import { mul } from "./mul.ts";
import { rsqrt } from "./rsqrt.ts";
import { sub } from "./sub.ts";

/** acosh x; NaN below 1. x: any shape; integers count as f32. Source: torch.acosh. */
export const acosh: UnaryOp = defineUnary({
  name: "acosh",
  dtypes: floating,
  reference: ([x]) => Math.acosh(x),
  wgsl: ([x], types) => keepNaN(x, types.call("inverse_hyperbolic_cosine", x), types),
  libraries: [floatBits, logarithm],
  flops: 30,
  gradient: ({ dy, inputs: [x] }) => [mul(dy, rsqrt(mul(sub(x, 1), add(x, 1))))],
});
