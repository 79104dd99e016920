// lpPool1d, lpPool2d, lpPool3d: the p-norm of each window.

import { UsageError } from "../base/errors.ts";
import { product } from "../base/integers.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { avgPoolOver } from "./avgPool2d.ts";
import type { PoolOptions } from "./maxPool2d.ts";
import { mul } from "./mul.ts";
import { safePower } from "./norm.ts";
import { requireFinite } from "./numberOptions.ts";
import { type PoolAxis, requirePool, type Single, type Sizes, type Triple } from "./poolAxes.ts";
import { pow } from "./pow.ts";
import { safeRoot } from "./safeRoot.ts";
import type { Pair } from "./window.ts";

/** How windows of norms move. */
export type LpPoolOptions<S extends Sizes> = Pick<PoolOptions<S>, "stride" | "ceilMode">;

/**
 * (sum x^p)^(1/p) of each window, as `lpPool2d` has it. x: [batch, channels, length], f32 or f16. Throws ShapeError,
 * DtypeError or UsageError where they do not fit. Source: torch.nn.functional.lp_pool1d.
 */
export function lpPool1d<T extends Value>(
  x: T,
  p: number,
  kernelSize: Single,
  options: LpPoolOptions<Single> = {},
): T {
  requireTensor("lpPool1d", "x", x);
  return normsOf("lpPool1d", x, 1, p, kernelSize, options);
}

/**
 * (sum x^p)^(1/p) of each window, where the signs of x count: of a negative sum the root is NaN, but for p = 1. A window that
 * reaches beyond the end (`ceilMode`) counts as if it were full of such elements as it has, as in PyTorch. x: [batch, channels,
 * height, width], f32 or f16. The gradient of a sum of 0 is 0. Throws ShapeError or DtypeError where x does not fit, UsageError
 * for sizes, and for p = 0 or one that is not finite. Source: torch.nn.functional.lp_pool2d.
 */
export function lpPool2d<T extends Value>(
  x: T,
  p: number,
  kernelSize: Pair,
  options: LpPoolOptions<Pair> = {},
): T {
  requireTensor("lpPool2d", "x", x);
  return normsOf("lpPool2d", x, 2, p, kernelSize, options);
}

/**
 * (sum x^p)^(1/p) of each window, as `lpPool2d` has it. x: [batch, channels, depth, height, width], f32 or f16. Throws
 * ShapeError, DtypeError or UsageError where they do not fit. Source: torch.nn.functional.lp_pool3d.
 */
export function lpPool3d<T extends Value>(
  x: T,
  p: number,
  kernelSize: Triple,
  options: LpPoolOptions<Triple> = {},
): T {
  requireTensor("lpPool3d", "x", x);
  return normsOf("lpPool3d", x, 3, p, kernelSize, options);
}

function normsOf<T extends Value, S extends Sizes>(
  op: string,
  x: T,
  rank: number,
  p: number,
  kernelSize: S,
  { stride, ceilMode }: LpPoolOptions<S>,
): T {
  requireNormType(op, "p", p);
  const axes = requirePool(op, x, rank, kernelSize, { stride, ceilMode });
  return lpPoolOver(x, p, axes);
}

/** The p-norm of each window of `axes`, all of which was checked before. */
export function lpPoolOver<T extends Value>(x: T, p: number, axes: readonly PoolAxis[]): T {
  const means = avgPoolOver(pow(x, p), axes, {});
  const sums = mul(means, product(axes.map(({ kernel }) => kernel)));
  return p === 2 ? safeRoot(sums) : safePower(sums, 1 / p);
}

/** Throws UsageError for a power that has no root. */
export function requireNormType(op: string, name: string, p: number): void {
  requireFinite(op, name, p);
  if (p === 0) throw new UsageError(`${op}: ${name} is 0; it must be another number.`);
}
