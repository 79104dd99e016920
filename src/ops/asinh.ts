// asinh: the inverse of the hyperbolic sine.

import floatBits from "../../shaders/lib/float_bits.wgsl?raw";
import logarithm from "../../shaders/lib/logarithm.wgsl?raw";
import { add } from "./add.ts";
import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { floating } from "./dtypeRules.ts";
import { keepNaN } from "./keepNaN.ts";
import { mul } from "./mul.ts";
import { rsqrt } from "./rsqrt.ts";
import { square } from "./square.ts";

/** asinh x. x: any shape; integers count as f32. Source: torch.asinh. */
export const asinh: UnaryOp = defineUnary({
  name: "asinh",
  dtypes: floating,
  reference: ([x]) => Math.asinh(x),
  wgsl: ([x], types) => keepNaN(x, types.call("inverse_hyperbolic_sine", x), types),
  libraries: [floatBits, logarithm],
  flops: 30,
  gradient: ({ dy, inputs: [x] }) => [mul(dy, rsqrt(add(square(x), 1)))],
});
