// copysign: the size of a with the sign of b.

import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { floating } from "./dtypeRules.ts";
import { mul } from "./mul.ts";
import { sign } from "./sign.ts";
import { zeroGradient } from "./zeroGradient.ts";

function isNegative(x: number): boolean {
  return x < 0 || Object.is(x, -0);
}

/**
 * |a| with the sign of b, that of a zero too. Shapes broadcast; integers count as f32. The gradient of a is 0 where a is 0,
 * that of b always. Source: torch.copysign.
 */
export const copysign: BinaryOp = defineBinary({
  name: "copysign",
  dtypes: floating,
  reference: ([a, b]) => (isNegative(b) ? -Math.abs(a) : Math.abs(a)),
  wgsl([a, b], { f32, u32 }) {
    const size = `bitcast<${u32}>(${a}) & ${u32}(0x7fffffffu)`;
    return `bitcast<${f32}>((${size}) | (bitcast<${u32}>(${b}) & ${u32}(0x80000000u)))`;
  },
  gradient(context) {
    const { dy, inputs } = context;
    const [, db] = zeroGradient(context);
    return [mul(dy, mul(sign(inputs[0]), copysign(1, inputs[1]))), db];
  },
});
