// bitwiseLeftShift: a, its bits moved up by b places.

import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { unchanged } from "./dtypeRules.ts";
import { operandZero } from "./operandZero.ts";

/**
 * a 2^b, wrapping; 0 for b below 0 or above 31. a, b: i32 or u32, which broadcast and promote. Throws DtypeError for bools
 * and floats. Source: torch.bitwise_left_shift.
 */
export const bitwiseLeftShift: BinaryOp = defineBinary({
  name: "bitwiseLeftShift",
  dtypes: unchanged,
  takes: ["i32", "u32"],
  reference: ([a, b]) => (b < 0 || b > 31 ? 0 : a << b),
  wgsl([a, b], types) {
    const { u32 } = types;
    const places = `${u32}(${b})`; // of a negative b it is large
    return `select(${operandZero(types)}, ${a} << (${places} & ${u32}(31u)), ${places} <= ${u32}(31u))`;
  },
});
