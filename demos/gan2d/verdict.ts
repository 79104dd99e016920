// Scores as opinions: from -1, taken for generated, to 1, taken for real. What a score means depends on the loss.

import type { LossName } from "./ganSettings.ts";

/** The opinion of a score. */
export type Verdict = (score: number) => number;

/** How scores are read. The field says what is much and what is little where scores have no measure of their own. */
export function verdictOf(loss: LossName, field: ArrayLike<number>): Verdict {
  if (loss === "minimax" || loss === "nonSaturating") return (score) => 2 / (1 + Math.exp(-score)) - 1;
  if (loss === "leastSquares") return (score) => Math.max(-1, Math.min(1, 2 * score - 1));
  const scores = Float64Array.from(field).sort();
  const at = (share: number) => scores[Math.floor(share * (scores.length - 1))];
  const middle = (at(0.02) + at(0.98)) / 2;
  const reach = Math.max(1e-6, (at(0.98) - at(0.02)) / 2);
  return (score) => Math.max(-1, Math.min(1, (score - middle) / reach));
}
