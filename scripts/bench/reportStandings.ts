// How ours stands to the best of the others, group by group, by rows that may be compared.

import { casesOf, comparableRows, type ResultsRow, resultsGroups } from "../../bench/figures/results.ts";
import { type Standing, standings } from "./summary.ts";

export interface GroupStanding {
  readonly name: string;
  /** Names of its cases. */
  readonly cases: readonly string[];
  /** Of the cases that ours and another got right. */
  readonly standings: readonly Standing[];
  /** Geometric mean of the ratios. */
  readonly mean: number | undefined;
}

/** Of each group that has rows. */
export function groupStandings(rows: readonly ResultsRow[]): GroupStanding[] {
  return resultsGroups(rows).map(({ name, rows: own }) => {
    const known = standings(comparableRows(own));
    return { name, cases: casesOf(own), standings: known, mean: geometricMean(known) };
  });
}

export function geometricMean(known: readonly Standing[]): number | undefined {
  if (known.length === 0) return undefined;
  return Math.exp(known.reduce((sum, { ratio }) => sum + Math.log(ratio), 0) / known.length);
}
