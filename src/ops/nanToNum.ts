// nanToNum: numbers in the place of NaN and infinities.

import type { Value } from "../graph/node.ts";
import { isFloating, requireTensor } from "../tensor/dtype.ts";
import { bitwiseAnd } from "./bitwiseAnd.ts";
import { greater } from "./greater.ts";
import { isInf } from "./isInf.ts";
import { isNaN as isNotANumber } from "./isNaN.ts";
import { less } from "./less.ts";
import { where } from "./where.ts";

/** What stands in for which. */
export interface NanToNumOptions {
  /** For NaN; default 0. */
  readonly nan?: number;
  /** For infinity; default the largest number that the dtype has. */
  readonly posInf?: number;
  /** For -infinity; default the lowest. */
  readonly negInf?: number;
}

const MAX_F32 = (2 - 2 ** -23) * 2 ** 127;
const MAX_F16 = 65504;

/**
 * x, with numbers for NaN and infinities; no gradient passes there. x: any shape; integers and bools stay as they are.
 * Source: torch.nan_to_num.
 */
export function nanToNum<T extends Value>(x: T, options: NanToNumOptions = {}): T {
  requireTensor("nanToNum", "x", x);
  if (!isFloating(x.dtype)) return x;
  const largest = x.dtype === "f16" ? MAX_F16 : MAX_F32;
  const { nan = 0, posInf = largest, negInf = -largest } = options;
  const infinite = isInf(x);
  const lowered = where(bitwiseAnd(infinite, greater(x, 0)), posInf, x);
  const finite = where(bitwiseAnd(infinite, less(x, 0)), negInf, lowered);
  return where(isNotANumber(x), nan, finite);
}
