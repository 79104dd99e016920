// Random numbers for data: generators that depend on nothing but a seed and a path.
//
// Decides: the same seed and path give the same numbers on every machine; other paths give unrelated ones.
// Leaves to others: the random tensors of the engine, which are made on the GPU.

import { UsageError } from "../base/errors.ts";
import { threefry2x32 } from "../base/threefry.ts";

/** Numbers of [0, 1), multiples of 2^-32. */
export type Random = () => number;

/**
 * A generator for `seed`; each number of `path` (a purpose, an epoch, an item) leads to a generator of its
 * own.
 * Throws UsageError unless all are whole numbers from 0 to 2^53 - 1.
 */
export function seededRandom(seed: number, ...path: number[]): Random {
  let key = [0, 0];
  for (const part of [seed, ...path]) {
    requireWhole(part);
    key = threefry2x32(key[0], key[1], part >>> 0, Math.floor(part / 2 ** 32));
  }
  return countingRandom(key[0], key[1]);
}

/** A normal deviate with mean 0 and deviation 1 (Box and Muller, 1958). */
export function normalRandom(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}

function countingRandom(key0: number, key1: number): Random {
  let low = 0;
  let high = 0;
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value / 2 ** 32;
    }
    const bits = threefry2x32(key0, key1, low, high);
    low = (low + 1) >>> 0;
    if (low === 0) high = (high + 1) >>> 0;
    spare = bits[1];
    return bits[0] / 2 ** 32;
  };
}

function requireWhole(part: number): void {
  if (Number.isSafeInteger(part) && part >= 0) return;
  throw new UsageError(
    `seededRandom: a seed or path number is ${part}; it must be a whole number from 0 to 2^53 - 1.`,
  );
}
