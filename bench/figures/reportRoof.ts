// The roof: how fast an adapter can be at all, and how near to that a row comes.
//
// After Williams, Waterman and Patterson, "Roofline" (2009). Decides: what the roof is where it was not measured.

import type { ReportRow } from "../report.ts";

/** One of the two limits, and where it is from. */
export interface RoofLimit {
  readonly perSecond: number;
  /** Case and engine that came this far. */
  readonly from: { readonly case: string; readonly engine: string };
  /** Whether that case asks for the limit and nothing else. */
  readonly isMeasured: boolean;
}

export interface Roof {
  readonly flops: RoofLimit;
  readonly bytes: RoofLimit;
}

/** A row's place below the roof. */
export interface RoofPoint {
  /** Flops per byte. */
  readonly intensity: number;
  readonly flopsPerSecond: number;
}

const floorCases = { flops: "floor-fma", bytes: "floor-copy" } as const;

/** From the floors where they were measured, else from the best that any row reached. Undefined where no row has a cost. */
export function roofOf(rows: readonly ReportRow[]): Roof | undefined {
  const [flops, bytes] = [limitOf(rows, "flops"), limitOf(rows, "bytes")];
  return flops && bytes && { flops, bytes };
}

/** Only where both of its limits were measured for their own sake. */
export function measuredRoofOf(rows: readonly ReportRow[]): Roof | undefined {
  const roof = roofOf(rows);
  return roof?.flops.isMeasured && roof.bytes.isMeasured ? roof : undefined;
}

/** Flops per second that the roof allows at this intensity. */
export function roofAt({ flops, bytes }: Roof, intensity: number): number {
  return Math.min(flops.perSecond, bytes.perSecond * intensity);
}

/** Where the two limits meet, in flops per byte. */
export function ridgeOf({ flops, bytes }: Roof): number {
  return flops.perSecond / bytes.perSecond;
}

/**
 * The time that the roof allows, by the time that it took. Above 1 where data stays in caches that the bandwidth was not
 * measured in. Undefined where the row failed or its cost is not known.
 */
export function shareOfRoof(row: ReportRow, roof: Roof): number | undefined {
  if ("failure" in row || (row.flops === undefined && row.bytes === undefined)) return undefined;
  const seconds = Math.max((row.flops ?? 0) / roof.flops.perSecond, (row.bytes ?? 0) / roof.bytes.perSecond);
  return seconds > 0 ? (1000 * seconds) / row.medianMs : undefined;
}

/** Undefined where the row failed, or has no flops or no bytes. */
export function roofPointOf(row: ReportRow): RoofPoint | undefined {
  const flopsPerSecond = perSecond(row, "flops");
  if (flopsPerSecond === undefined || row.flops === undefined || !row.bytes) return undefined;
  return { intensity: row.flops / row.bytes, flopsPerSecond };
}

/** Undefined where the row failed or has none. */
export function perSecond(row: ReportRow, what: "flops" | "bytes"): number | undefined {
  const count = row[what];
  return "failure" in row || !count ? undefined : (1000 * count) / row.medianMs;
}

function limitOf(rows: readonly ReportRow[], what: "flops" | "bytes"): RoofLimit | undefined {
  const floors = rows.filter((row) => row.case === floorCases[what]);
  const [floor, any] = [best(floors, what), best(rows, what)];
  return floor ?? (any && { ...any, isMeasured: false });
}

function best(rows: readonly ReportRow[], what: "flops" | "bytes"): RoofLimit | undefined {
  let limit: RoofLimit | undefined;
  for (const row of rows) {
    const speed = perSecond(row, what);
    if (speed === undefined || speed <= (limit?.perSecond ?? 0)) continue;
    limit = { perSecond: speed, from: { case: row.case, engine: row.engine }, isMeasured: true };
  }
  return limit;
}
