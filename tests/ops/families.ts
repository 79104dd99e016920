// Short names for the families of the table of tolerances. The table itself stands in tests/setup/tolerances.ts.

import type { Tolerance } from "../setup/tolerances.ts";

export const exact: Tolerance = { family: "exact" };
export const exponential: Tolerance = { family: "exp" };
export const logarithm: Tolerance = { family: "log" };
export const power: Tolerance = { family: "power" };
export const activation: Tolerance = { family: "activation" };
export const normalised: Tolerance = { family: "normalised" };

/** Units in the last place: 1 for a sum or product, 3 for a quotient, 5 for a root. */
export function ulps(count: 1 | 3 | 5): Tolerance {
  return { family: "arithmetic", ulps: count };
}

/** A sum of `length` products. */
export function sums(length: number): Tolerance {
  return { family: "reduction", length };
}
