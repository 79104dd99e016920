// clamp: x, kept between two bounds.

import { UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { greater } from "./greater.ts";
import { less } from "./less.ts";
import { where } from "./where.ts";

/** Bounds; either may be left out. */
export interface ClampOptions {
  readonly min?: number;
  readonly max?: number;
}

/**
 * x, at least `min` and at most `max`; NaN stays NaN; at a bound the whole gradient flows.
 * Throws UsageError without any bound, or for min > max. Source: torch.clamp.
 */
export function clamp<T extends Value>(x: T, { min, max }: ClampOptions): T {
  if (min === undefined && max === undefined) {
    throw new UsageError("clamp: neither min nor max is given; at least one must be.");
  }
  if (min !== undefined && max !== undefined && min > max) {
    throw new UsageError(`clamp: min ${min} is above max ${max}; min must be at most max.`);
  }
  const raised = min === undefined ? x : where(less(x, min), min, x);
  return max === undefined ? raised : where(greater(raised, max), max, raised);
}
