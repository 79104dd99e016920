// What the rows say together: for each group how ours stands to the best of the others, and where it is behind.

import { groupNames, groupOf } from "../../bench/caseList.ts";
import type { ReportRow } from "../../bench/report.ts";

/** Ours counts as behind where the best other takes less than this share of its time. */
const behind = 0.95;

export interface Standing {
  readonly case: string;
  /** The quickest of the others whose result is right. */
  readonly rival: string;
  /** Its time by ours. */
  readonly ratio: number;
}

/** Of each case that ours and another engine got right, in the order of the rows. */
export function standings(rows: readonly ReportRow[]): Standing[] {
  return rows.flatMap((ours) => {
    if (ours.engine !== "ours" || !("medianMs" in ours)) return [];
    const others = rows.flatMap((row) =>
      row.case === ours.case && row.engine !== "ours" && "medianMs" in row ? [row] : [],
    );
    if (others.length === 0) return [];
    const best = others.reduce((a, b) => (b.medianMs < a.medianMs ? b : a));
    return [{ case: ours.case, rival: best.engine, ratio: best.medianMs / ours.medianMs }];
  });
}

/** Nothing where no other engine was measured. */
export function summaryText(rows: readonly ReportRow[]): string {
  const all = standings(rows);
  if (all.length === 0) return "";
  const groups = groupNames.flatMap((group) => {
    const own = all.filter((standing) => groupOf(standing.case) === group);
    if (own.length === 0) return [];
    const mean = Math.exp(own.reduce((sum, { ratio }) => sum + Math.log(ratio), 0) / own.length);
    return [
      `  ${group.padEnd(12)}  ${mean.toFixed(2)}  (${own.length} ${own.length === 1 ? "case" : "cases"})`,
    ];
  });
  const slower = all.filter(({ ratio }) => ratio < behind);
  const lines = slower.map(
    ({ case: name, rival, ratio }) => `  ${name.padEnd(32)}  ${ratio.toFixed(2)}  ${rival}`,
  );
  return [
    "Time of the best other engine that is right, by ours, in the geometric mean:",
    ...groups,
    lines.length === 0 ? `Below ${behind}: none` : `Below ${behind}:`,
    ...lines,
  ].join("\n");
}
