// atanh: the inverse of the hyperbolic tangent.

import floatBits from "../../shaders/lib/float_bits.wgsl?raw";
import logarithm from "../../shaders/lib/logarithm.wgsl?raw";
import { add } from "./add.ts";
import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { div } from "./div.ts";
import { floating } from "./dtypeRules.ts";
import { keepNaN } from "./keepNaN.ts";
import { mul } from "./mul.ts";
import { sub } from "./sub.ts";

/** atanh x; infinite at -1 and 1, NaN beyond. x: any shape; integers count as f32. Source: torch.atanh. */
export const atanh: UnaryOp = defineUnary({
  name: "atanh",
  dtypes: floating,
  reference: ([x]) => Math.atanh(x),
  wgsl: ([x], types) => keepNaN(x, types.call("inverse_hyperbolic_tangent", x), types),
  libraries: [floatBits, logarithm],
  flops: 30,
  gradient: ({ dy, inputs: [x] }) => [div(dy, mul(sub(1, x), add(x, 1)))],
});
