// Checks of what a layer is constructed with, so that a wrong size fails where it is written and not in a step.

import { UsageError } from "../base/errors.ts";

/** Throws UsageError unless `value` is a whole number that is at least 1. */
export function requireSize(layer: string, name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new UsageError(`${layer}: ${name} is ${value}; it must be a whole number of at least 1.`);
}
