// log1p: y = ln(1 + x).

import floatBits from "../../shaders/lib/float_bits.wgsl?raw";
import logarithm from "../../shaders/lib/logarithm.wgsl?raw";
import { add } from "./add.ts";
import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { div } from "./div.ts";
import { floating } from "./dtypeRules.ts";
import { keepNaN } from "./keepNaN.ts";

/** ln(1 + x), exact also where x is near 0; NaN below -1, -infinity at -1. x: any shape; integers count as f32. Source: torch.log1p. */
export const log1p: UnaryOp = defineUnary({
  name: "log1p",
  dtypes: floating,
  reference: ([x]) => Math.log1p(x),
  wgsl: ([x], types) => keepNaN(x, types.call("log_one_plus", x), types),
  libraries: [floatBits, logarithm],
  flops: 24,
  gradient: ({ dy, inputs: [x] }) => [div(dy, add(x, 1))],
});
