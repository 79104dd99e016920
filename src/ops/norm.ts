// norm: the p-norm over any axes, of vectors as they lie there.

import { UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { abs } from "./abs.ts";
import { cast } from "./cast.ts";
import { equal } from "./equal.ts";
import { max } from "./max.ts";
import { min } from "./min.ts";
import { notEqual } from "./notEqual.ts";
import { requireAtLeast } from "./numberOptions.ts";
import { pow } from "./pow.ts";
import type { AxisOptions } from "./reduction.ts";
import { safeRoot } from "./safeRoot.ts";
import { square } from "./square.ts";
import { sum } from "./sum.ts";
import { where } from "./where.ts";

/** Which norm, over which axes. */
export interface NormOptions extends AxisOptions {
  /**
   * The power; 2 (default) for lengths. 0 counts what is not 0, Infinity gives the largest size and -Infinity the smallest.
   */
  readonly p?: number;
}

/**
 * (sum |x|^p)^(1/p) over `axis` (all axes where not given). x: f32 or f16. The gradient of a norm that is 0 is 0; for infinite
 * p elements that tie share it. Throws ShapeError for an axis out of range, or an empty one for infinite p; DtypeError for
 * whole numbers; UsageError for a p that is NaN. Source: torch.linalg.vector_norm.
 */
export function norm<T extends Value>(x: T, { p = 2, ...axes }: NormOptions = {}): T {
  requireFloating("norm", "x", x);
  if (Number.isNaN(p)) throw new UsageError("norm: p is NaN; it must be a number.");
  if (p === 0) return sum(cast(notEqual(x, 0), x.dtype), axes);
  if (p === 1) return sum(abs(x), axes);
  if (p === 2) return safeRoot(sum(square(x), axes));
  if (p === Infinity) return max(abs(x), axes);
  if (p === -Infinity) return min(abs(x), axes);
  return safePower(sum(safePower(abs(x), p), axes), 1 / p);
}

/** x^p for x >= 0, with a gradient of 0 at 0. */
export function safePower<T extends Value>(x: T, p: number): T {
  const isZero = equal(x, 0);
  return where(isZero, p > 0 ? 0 : Infinity, pow(where(isZero, 1, x), p));
}

/** Throws UsageError unless `p` is a number of at least 0, as distances want it. */
export function requireNormP(op: string, p: number): void {
  requireAtLeast(op, "p", p, 0);
}
