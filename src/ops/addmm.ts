// addmm, baddbmm: a product of matrices, scaled, on top of something else, scaled.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { isBroadcastable, printShape, requireRank } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { requireBatches } from "./bmm.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { matmul } from "./matmul.ts";
import { mul } from "./mul.ts";
import { requireFinite } from "./numberOptions.ts";

/** What both terms are multiplied by. */
export interface AddmmOptions {
  /** The factor of x. Default 1; with 0 x counts nothing, not even where it is NaN. */
  readonly beta?: number;
  /** The factor of the product. Default 1. */
  readonly alpha?: number;
}

/**
 * beta x + alpha a b. a: [m, k], b: [k, n], x: what broadcasts to [m, n]; f32 or f16. Throws ShapeError or DtypeError where
 * they do not fit, UsageError for a factor that is not finite. Source: torch.addmm.
 */
export function addmm<T extends Value>(x: T, a: T, b: T, options: AddmmOptions = {}): T {
  requireFloating("addmm", "a", a);
  requireFloating("addmm", "b", b);
  requireRank("addmm", "a", a.shape, 2, "[m, k]");
  requireRank("addmm", "b", b.shape, 2, "[k, n]");
  if (a.shape[1] !== b.shape[0]) {
    throw new ShapeError(
      `addmm: a is ${printShape(a.shape)} and b ${printShape(b.shape)}; they must be [m, k] and [k, n].`,
    );
  }
  return added("addmm", x, a, b, options);
}

/**
 * beta x + alpha a b for each item. a: [batch, m, k], b: [batch, k, n], x: what broadcasts to [batch, m, n]; f32 or f16. Throws
 * ShapeError or DtypeError where they do not fit, UsageError for a factor that is not finite. Source: torch.baddbmm.
 */
export function baddbmm<T extends Value>(x: T, a: T, b: T, options: AddmmOptions = {}): T {
  requireBatches("baddbmm", a, b);
  return added("baddbmm", x, a, b, options);
}

function added<T extends Value>(op: string, x: T, a: T, b: T, { beta = 1, alpha = 1 }: AddmmOptions): T {
  requireFloating(op, "x", x);
  requireFinite(op, "beta", beta);
  requireFinite(op, "alpha", alpha);
  const shape = [...a.shape.slice(0, -1), b.shape[b.shape.length - 1]];
  if (!isBroadcastable(x.shape, shape)) {
    throw new ShapeError(
      `${op}: x is ${printShape(x.shape)} and the product ${printShape(shape)}; x must broadcast to it.`,
    );
  }
  const product = scaled(matmul(a, b), alpha);
  return beta === 0 ? product : add(scaled(broadcastTo(x, shape), beta), product);
}

function scaled<T extends Value>(x: T, factor: number): T {
  return factor === 1 ? x : mul(x, factor);
}
