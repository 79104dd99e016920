// sin: the sine.

import floatBits from "../../shaders/lib/float_bits.wgsl?raw";
import trigonometry from "../../shaders/lib/trigonometry.wgsl?raw";
import { cos } from "./cos.ts";
import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { floating } from "./dtypeRules.ts";
import { mul } from "./mul.ts";

/** sin x, of radians, exact for all sizes of x; NaN for infinities. x: any shape; integers count as f32. Source: torch.sin. */
export const sin: UnaryOp = defineUnary({
  name: "sin",
  dtypes: floating,
  reference: ([x]) => Math.sin(x),
  wgsl: ([x], { call }) => call("sine", x),
  libraries: [floatBits, trigonometry],
  flops: 30,
  gradient: ({ dy, inputs: [x] }) => [mul(dy, cos(x))],
});
