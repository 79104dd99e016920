// log2: y = log x to the base of 2.

import floatBits from "../../shaders/lib/float_bits.wgsl?raw";
import logarithm from "../../shaders/lib/logarithm.wgsl?raw";
import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { div } from "./div.ts";
import { floating } from "./dtypeRules.ts";
import { keepNaN } from "./keepNaN.ts";
import { mul } from "./mul.ts";

/** The logarithm to the base of 2; NaN below 0, -infinity at 0. x: any shape; integers count as f32. Source: torch.log2. */
export const log2: UnaryOp = defineUnary({
  name: "log2",
  dtypes: floating,
  reference: ([x]) => Math.log2(x),
  wgsl: ([x], types) => keepNaN(x, types.call("log_two", x), types),
  libraries: [floatBits, logarithm],
  flops: 24,
  gradient: ({ dy, inputs: [x] }) => [div(dy, mul(x, Math.LN2))],
});
