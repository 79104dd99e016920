// cos: the cosine.

import floatBits from "../../shaders/lib/float_bits.wgsl?raw";
import trigonometry from "../../shaders/lib/trigonometry.wgsl?raw";
import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { floating } from "./dtypeRules.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { sin } from "./sin.ts";

/** cos x, of radians, exact for all sizes of x; NaN for infinities. x: any shape; integers count as f32. Source: torch.cos. */
export const cos: UnaryOp = defineUnary({
  name: "cos",
  dtypes: floating,
  reference: ([x]) => Math.cos(x),
  wgsl: ([x], { call }) => call("cosine", x),
  libraries: [floatBits, trigonometry],
  flops: 30,
  gradient: ({ dy, inputs: [x] }) => [neg(mul(dy, sin(x)))],
});
