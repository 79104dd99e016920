// What ops ask of the numbers among their options.

import { UsageError } from "../base/errors.ts";

/** Throws UsageError unless `value`, an option of `op`, is a number of at least `least`. */
export function requireAtLeast(op: string, option: string, value: number, least: number): void {
  if (value >= least) return;
  throw new UsageError(`${op}: ${option} is ${value}; it must be at least ${least}.`);
}

/** Throws UsageError unless `value`, an option of `op`, is above 0. */
export function requireAbove0(op: string, option: string, value: number): void {
  if (value > 0) return;
  throw new UsageError(`${op}: ${option} is ${value}; it must be above 0.`);
}

/** Throws UsageError for an option of `op` that is no number or not finite. */
export function requireFinite(op: string, option: string, value: number): void {
  if (Number.isFinite(value)) return;
  throw new UsageError(`${op}: ${option} is ${value}; it must be a finite number.`);
}
