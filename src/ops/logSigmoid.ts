// logSigmoid: the logarithm of the logistic function.

import floatBits from "../../shaders/lib/float_bits.wgsl?raw";
import logarithm from "../../shaders/lib/logarithm.wgsl?raw";
import { defineUnary, type UnaryOp } from "./defineElementwise.ts";
import { FLOATS, floating } from "./dtypeRules.ts";
import { keepNaN } from "./keepNaN.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { sigmoid } from "./sigmoid.ts";

/**
 * ln(1 / (1 + e^-x)), finite wherever x is. x: any shape, f32 or f16. Throws DtypeError for integers.
 * Source: torch.nn.functional.logsigmoid.
 */
export const logSigmoid: UnaryOp = defineUnary({
  name: "logSigmoid",
  dtypes: floating,
  takes: FLOATS,
  reference: ([x]) => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x))),
  wgsl: ([x], types) =>
    keepNaN(x, `min(${x}, ${types.f32}(0.0)) - ${types.call("log_one_plus", `exp(-abs(${x}))`)}`, types),
  libraries: [floatBits, logarithm],
  flops: 28,
  gradient: ({ dy, inputs: [x] }) => [mul(dy, sigmoid(neg(x)))],
});
