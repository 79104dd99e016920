// bitwiseOr: the bits that are set in either.

import { defineBitwise } from "./defineBitwise.ts";
import type { BinaryOp } from "./defineElementwise.ts";

/**
 * The bits that are set in either. a, b: i32, u32 or bool, which broadcast and promote; of two bools it is a bool.
 * Throws DtypeError for floats. Source: torch.bitwise_or.
 */
export const bitwiseOr: BinaryOp = defineBitwise(
  "bitwiseOr",
  { ofIntegers: "|", ofBools: "|" },
  (a, b) => a | b,
);
