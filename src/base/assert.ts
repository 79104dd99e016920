// Assertions of our own rules. A failed one is our bug; what the user can get wrong is a `require…` guard instead.

import { InternalError } from "./errors.ts";

/** Throws InternalError unless `condition` holds. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InternalError(message);
}

/** Returns `value`, or throws InternalError where it is missing. */
export function assertPresent<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new InternalError(`${what} is missing`);
  return value;
}
