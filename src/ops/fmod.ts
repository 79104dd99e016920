// fmod: what division leaves, with the sign of the dividend.

import floatBits from "../../shaders/lib/float_bits.wgsl?raw";
import modulo from "../../shaders/lib/modulo.wgsl?raw";
import { isFloating } from "../tensor/dtype.ts";
import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { div } from "./div.ts";
import { arithmetic, NUMBERS } from "./dtypeRules.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { round } from "./round.ts";
import { sub } from "./sub.ts";

/**
 * a - b trunc(a / b), exact, with the sign of a. Shapes broadcast; dtypes promote. Of b = 0 it is NaN, of an integer 0 it is 0
 * (PyTorch throws). Throws DtypeError for bools. Source: torch.fmod.
 */
export const fmod: BinaryOp = defineBinary({
  name: "fmod",
  dtypes: arithmetic,
  takes: NUMBERS,
  reference: ([a, b]) => a % b,
  wgsl: ([a, b], { operands, call }) =>
    isFloating(operands[0]) ? call("modulo_truncated", a, b) : `${a} % ${b}`,
  libraries: [floatBits, modulo],
  flops: 20,
  // Rounded, the quotient of what was divided without a rest is whole.
  gradient: ({ dy, y, inputs: [a, b] }) => [dy, neg(mul(dy, round(div(sub(a, y), b))))],
});
