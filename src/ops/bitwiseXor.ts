// bitwiseXor: the bits that are set in one of the two.

import { defineBitwise } from "./defineBitwise.ts";
import type { BinaryOp } from "./defineElementwise.ts";

/**
 * The bits that are set in one of the two. a, b: i32, u32 or bool, which broadcast and promote; of two bools it is a bool.
 * Throws DtypeError for floats. Source: torch.bitwise_xor.
 */
export const bitwiseXor: BinaryOp = defineBitwise(
  "bitwiseXor",
  { ofIntegers: "^", ofBools: "!=" },
  (a, b) => a ^ b,
);
