// normalize: rows brought to a norm of 1.

import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { clamp } from "./clamp.ts";
import { div } from "./div.ts";
import { norm, requireNormP } from "./norm.ts";
import { requireAtLeast } from "./numberOptions.ts";
import type { AxisOptions } from "./reduction.ts";

/** How `normalize` is computed. */
export interface NormalizeOptions extends Pick<AxisOptions, "axis"> {
  /** Which norm; at least 0, or infinity. Default 2. */
  readonly p?: number;
  /** The axis, or axes, along which norms are taken. Default 1. */
  readonly axis?: number | readonly number[];
  /** What a norm counts as where it is less. Default 1e-12. */
  readonly eps?: number;
}

/**
 * x / max(norm, eps), with p-norms along `axis`. x: any shape, f32 or f16. Throws ShapeError for an axis out of range,
 * DtypeError for integers, UsageError for a negative p or eps. Source: torch.nn.functional.normalize.
 */
export function normalize<T extends Value>(x: T, { p = 2, axis = 1, eps = 1e-12 }: NormalizeOptions = {}): T {
  requireFloating("normalize", "x", x);
  requireNormP("normalize", p);
  requireAtLeast("normalize", "eps", eps, 0);
  return div(x, clamp(norm(x, { p, axis, keepDims: true }), { min: eps }));
}
