// How far a sum in f32 may be off.
//
// Rounding errors of n additions in f32 add up like a random walk, so a sum of n terms is good to sqrt(n) rounding units
// of the sum of the terms' sizes, whatever the order; four times that is allowed. Source: Higham and Mary, "A New
// Approach to Probabilistic Rounding Error Analysis", 2019.

export const roundingUnit = 2 ** -24;

/** For `terms` terms whose absolute values add up to `sizes`. */
export function sumTolerance(terms: number, sizes: number): number {
  return 4 * Math.sqrt(terms) * roundingUnit * sizes;
}

/** Relative error of exp(x), |x| up to `reach`. WGSL allows 3 + 2 |x| units in the last place, two rounding units each. */
export function expTolerance(reach: number): number {
  return (3 + 2 * reach) * 2 * roundingUnit;
}
