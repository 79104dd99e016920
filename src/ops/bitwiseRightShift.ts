// bitwiseRightShift: a, its bits moved down by b places.

import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { unchanged } from "./dtypeRules.ts";
import { operandZero } from "./operandZero.ts";

/**
 * a / 2^b, rounded down; for b below 0 or above 31 it is 0, or -1 of a negative a. a, b: i32 or u32, which broadcast and
 * promote. Throws DtypeError for bools and floats. Source: torch.bitwise_right_shift.
 */
export const bitwiseRightShift: BinaryOp = defineBinary({
  name: "bitwiseRightShift",
  dtypes: unchanged,
  takes: ["i32", "u32"],
  reference: ([a, b]) => Math.floor(a / 2 ** (b < 0 || b > 31 ? 32 : b)),
  wgsl([a, b], types) {
    const { u32, operands } = types;
    const places = `${u32}(${b})`; // of a negative b it is large
    // The sign fills all bits after 31 places; a u32 has one more.
    if (operands[0] === "i32") return `${a} >> min(${places}, ${u32}(31u))`;
    return `select(${operandZero(types)}, ${a} >> (${places} & ${u32}(31u)), ${places} <= ${u32}(31u))`;
  },
});
