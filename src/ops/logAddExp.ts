// logAddExp: the logarithm of a sum of exponentials.

import floatBits from "../../shaders/lib/float_bits.wgsl?raw";
import logarithm from "../../shaders/lib/logarithm.wgsl?raw";
import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { FLOATS, floating } from "./dtypeRules.ts";
import { keepNaN } from "./keepNaN.ts";
import { mul } from "./mul.ts";
import { sigmoid } from "./sigmoid.ts";
import { sub } from "./sub.ts";

/**
 * ln(e^a + e^b), finite where a and b are. a, b: f32 or f16, which broadcast. The gradient is NaN where both are the same
 * infinity. Throws DtypeError for integers. Source: torch.logaddexp.
 */
export const logAddExp: BinaryOp = defineBinary({
  name: "logAddExp",
  dtypes: floating,
  takes: FLOATS,
  reference: ([a, b]) => (a === b ? a + Math.LN2 : Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)))),
  wgsl([a, b], types) {
    const larger = `select(${b}, ${a}, ${a} > ${b})`;
    const rest = types.call("log_one_plus", `exp(-abs(${a} - ${b}))`);
    // The distance of two infinities is none.
    const sum = `select(${larger} + ${rest}, ${a} + ${Math.LN2}, ${a} == ${b})`;
    return keepNaN(a, keepNaN(b, sum, types), types);
  },
  libraries: [floatBits, logarithm],
  flops: 30,
  gradient: ({ dy, inputs: [a, b] }) => [mul(dy, sigmoid(sub(a, b))), mul(dy, sigmoid(sub(b, a)))],
});
