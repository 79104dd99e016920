// round: the whole number next to x; of two that are as near, the even one.

import { UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { defineRounding } from "./defineRounding.ts";
import { div } from "./div.ts";
import { mul } from "./mul.ts";

function roundHalfEven(x: number): number {
  // From 2^52 on there are no fractions, and infinities have none.
  if (!(Math.abs(x) < 2 ** 52)) return x;
  const below = Math.floor(x);
  const isUp = x - below > 0.5 || (x - below === 0.5 && below % 2 !== 0);
  return isUp ? (below === -1 ? -0 : below + 1) : below;
}

const roundWhole = defineRounding("round", roundHalfEven);

/**
 * x rounded to so many `decimals` (default 0; below 0 to tens, hundreds, …), halves to the even side. x: any shape;
 * integers stay as they are. Throws DtypeError for bools, and for integers with decimals; UsageError where decimals is no
 * whole number. Source: torch.round.
 */
export function round<T extends Value>(x: T, { decimals = 0 }: { readonly decimals?: number } = {}): T {
  if (decimals === 0) return roundWhole(x);
  if (!Number.isInteger(decimals)) {
    throw new UsageError(`round: decimals is ${decimals}; it must be a whole number.`);
  }
  requireFloating("round", "x, with decimals,", x);
  const scale = 10 ** Math.abs(decimals);
  return decimals > 0 ? div(roundWhole(mul(x, scale)), scale) : mul(roundWhole(div(x, scale)), scale);
}
