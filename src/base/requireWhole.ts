// The guard of whole numbers that users give.

import { UsageError } from "./errors.ts";

/**
 * Throws UsageError unless `value` is a whole number from `least` to `most`. `what` names it, and who was given it:
 * "StepLR: stepSize".
 */
export function requireWhole(what: string, value: number, least: number, most: number = Infinity): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const range = most === Infinity ? `from ${least}` : `from ${least} to ${most}`;
  throw new UsageError(`${what} is ${value}; it must be a whole number ${range}.`);
}
