// remainder: what division leaves, with the sign of the divisor.

import floatBits from "../../shaders/lib/float_bits.wgsl?raw";
import modulo from "../../shaders/lib/modulo.wgsl?raw";
import type { WgslTypes } from "../graph/op.ts";
import { isFloating } from "../tensor/dtype.ts";
import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { div } from "./div.ts";
import { arithmetic, NUMBERS } from "./dtypeRules.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { round } from "./round.ts";
import { sub } from "./sub.ts";

function remainderOf(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

function integerRemainder(a: string, b: string, { i32, operands }: WgslTypes): string {
  const rest = `${a} % ${b}`;
  if (operands[0] === "u32") return rest;
  const zero = `${i32}(0)`;
  return `${rest} + select(${zero}, ${b}, ((${rest}) != ${zero}) & (((${rest}) ^ ${b}) < ${zero}))`;
}

/**
 * a - b floor(a / b), with the sign of b. Shapes broadcast; dtypes promote. Of b = 0 it is NaN, of an integer 0 it is 0
 * (PyTorch throws). Throws DtypeError for bools. Source: torch.remainder.
 */
export const remainder: BinaryOp = defineBinary({
  name: "remainder",
  dtypes: arithmetic,
  takes: NUMBERS,
  reference: ([a, b]) => remainderOf(a, b),
  wgsl: ([a, b], types) =>
    isFloating(types.operands[0]) ? types.call("modulo_floored", a, b) : integerRemainder(a, b, types),
  libraries: [floatBits, modulo],
  flops: 22,
  // Rounded, the quotient of what was divided without a rest is whole.
  gradient: ({ dy, y, inputs: [a, b] }) => [dy, neg(mul(dy, round(div(sub(a, y), b))))],
});
