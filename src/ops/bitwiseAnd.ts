// bitwiseAnd: the bits that are set in both.

import { defineBitwise } from "./defineBitwise.ts";
import type { BinaryOp } from "./defineElementwise.ts";

/**
 * The bits that are set in both. a, b: i32, u32 or bool, which broadcast and promote; of two bools it is a bool.
 * Throws DtypeError for floats. Source: torch.bitwise_and.
 */
export const bitwiseAnd: BinaryOp = defineBitwise(
  "bitwiseAnd",
  { ofIntegers: "&", ofBools: "&" },
  (a, b) => a & b,
);
