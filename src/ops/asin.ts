// asin: the inverse of the sine.

import arc from "../../shaders/lib/arc.wgsl?raw";
import floatBits from "../../shaders/lib/float_bits.wgsl?raw";
import { add } from "./add.ts";
import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { floating } from "./dtypeRules.ts";
import { keepNaN } from "./keepNaN.ts";
import { mul } from "./mul.ts";
import { rsqrt } from "./rsqrt.ts";
import { sub } from "./sub.ts";

/** asin x, from -pi/2 to pi/2; NaN beyond -1 and 1. x: any shape; integers count as f32. Source: torch.asin. */
export const asin: UnaryOp = defineUnary({
  name: "asin",
  dtypes: floating,
  reference: ([x]) => Math.asin(x),
  wgsl: ([x], types) => keepNaN(x, types.call("arc_sine", x), types),
  libraries: [arc, floatBits],
  flops: 22,
  gradient: ({ dy, inputs: [x] }) => [mul(dy, rsqrt(mul(sub(1, x), add(x, 1))))],
});
