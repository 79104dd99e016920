// The order in which one epoch visits the items.

import { UsageError } from "../base/errors.ts";
import { seededRandom } from "./seededRandom.ts";

const shufflePurpose = 1;

/**
 * A permutation of 0 … length - 1 that depends on `seed` and `epoch` alone (Fisher and Yates, as Durstenfeld
 * does it).
 * Throws UsageError unless all three are whole numbers from 0, `length` at most 2^32 - 1.
 */
export function shuffledOrder(length: number, seed: number, epoch: number): Uint32Array {
  if (!Number.isInteger(length) || length < 0 || length >= 2 ** 32) {
    throw new UsageError(`shuffledOrder: length is ${length}; it must be a whole number from 0 to 2^32 - 1.`);
  }
  const random = seededRandom(seed, shufflePurpose, epoch);
  const order = Uint32Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last--) {
    const chosen = Math.floor(random() * (last + 1));
    const moved = order[last];
    order[last] = order[chosen];
    order[chosen] = moved;
  }
  return order;
}
