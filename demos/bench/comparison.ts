// What the rows of a stored run and of the visitor's own say of a case, line by line.
//
// Decides: whose a line is stands in it; engines are compared within one run, by rows that may be compared; the visitor's
// GPU is compared with the stored one only where both did the same work, each by the same engine.

import { groupOf, sizedTrainings } from "../../bench/caseList.ts";
import { measuredRoofOf, perSecond, type Roof, shareOfRoof } from "../../bench/figures/reportRoof.ts";
import { comparableRows, type Results, type ResultsRow } from "../../bench/figures/results.ts";

export type Whose = "stored" | "own";

export interface Line {
  readonly whose: Whose;
  readonly row: ResultsRow;
  /** Its time by tilegrad's of the same run; of tilegrad itself, and where no one run has both, undefined. */
  readonly timesOurs: number | undefined;
  /** Of the visitor's own: how many times as fast as the same engine of the stored run, on the same work. */
  readonly timesStored: number | undefined;
  readonly gigaflops: number | undefined;
  readonly gigabytes: number | undefined;
  readonly roofShare: number | undefined;
}

/** A run with what lines are made from. */
interface Side {
  readonly whose: Whose;
  readonly results: Results;
  readonly comparable: ReadonlySet<ResultsRow>;
  readonly roof: Roof | undefined;
}

export class Comparison {
  private readonly sides: readonly Side[];

  constructor(stored: Results | undefined, own: Results | undefined) {
    this.sides = [...sideOf("stored", stored), ...sideOf("own", own)];
  }

  /** Whether there is a stored run and one of the visitor's own. */
  get hasBoth(): boolean {
    return this.sides.length === 2;
  }

  /** Engine by engine, the stored run's line before the visitor's own. */
  linesOf(name: string): Line[] {
    const lines = this.sides.flatMap((side) =>
      side.results.cases.filter((row) => row.case === name).map((row) => this.lineOf(side, row)),
    );
    const engines = [...new Set(lines.map(({ row }) => row.engine))];
    const order = ["raw", "ours", "jax", "tfjs", "ort"];
    return engines
      .sort((a, b) => order.indexOf(a) - order.indexOf(b))
      .flatMap((engine) => lines.filter(({ row }) => row.engine === engine));
  }

  /** Whether both runs have the case, at different sizes. */
  hasOtherSizes(name: string): boolean {
    const [stored, own] = this.sides.map(({ results }) => results.cases.filter((row) => row.case === name));
    if (stored === undefined || own === undefined) return false;
    return own.some((row) => stored.some((other) => !this.isSameWork(row, other)));
  }

  /** Geometric mean of `timesStored` of tilegrad over the cases of `names` that have one, and how many these are. */
  meanTimesStored(names: readonly string[]): { readonly mean: number; readonly count: number } | undefined {
    const ratios = names.flatMap((name) =>
      this.linesOf(name).flatMap(({ row, timesStored }) =>
        row.engine === "ours" ? (timesStored ?? []) : [],
      ),
    );
    if (ratios.length === 0) return undefined;
    const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
    return { mean, count: ratios.length };
  }

  private lineOf({ whose, results, comparable, roof }: Side, row: ResultsRow): Line {
    const ours = results.cases.find((other) => other.case === row.case && other.engine === "ours");
    const isComparable = ours !== undefined && comparable.has(row) && comparable.has(ours);
    return {
      whose,
      row,
      timesOurs: isComparable && row !== ours ? ratioOf(row, ours) : undefined,
      timesStored: whose === "own" ? this.timesStored(row) : undefined,
      gigaflops: billions(perSecond(row, "flops")),
      gigabytes: billions(perSecond(row, "bytes")),
      roofShare: roof && shareOfRoof(row, roof),
    };
  }

  private timesStored(row: ResultsRow): number | undefined {
    const stored = this.sides.find(({ whose }) => whose === "stored")?.results.cases;
    const other = stored?.find((known) => known.case === row.case && known.engine === row.engine);
    if (other === undefined || !this.isSameWork(row, other)) return undefined;
    return ratioOf(other, row);
  }

  /** Of rows of one case, one of each run. */
  private isSameWork(own: ResultsRow, stored: ResultsRow): boolean {
    if (groupOf(own.case) !== "train") return own.flops === stored.flops && own.bytes === stored.bytes;
    const [storedScale, ownScale] = this.sides.map(({ results }) => results.scale);
    return storedScale === ownScale || !sizedTrainings.some((name) => name === own.case);
  }
}

/**
 * Losses that a training case of this scale had in one of the runs, by tilegrad if it has them: what another machine has to
 * come to as well.
 */
export function knownLosses(
  runs: readonly Results[],
  name: string,
  scale: Results["scale"],
): readonly number[] | undefined {
  const isSized = sizedTrainings.some((sized) => sized === name);
  const rows = runs
    .filter((run) => !isSized || run.scale === scale)
    .flatMap(({ cases }) => cases)
    .filter((row) => row.case === name && row.engine === "ours");
  for (const row of rows) if ("losses" in row && row.losses !== undefined) return row.losses;
  return undefined;
}

function sideOf(whose: Whose, results: Results | undefined): Side[] {
  if (results === undefined) return [];
  const roof = measuredRoofOf(results.cases);
  return [{ whose, results, comparable: new Set(comparableRows(results.cases)), roof }];
}

/** The time of `a` by that of `b`; undefined where one has none. */
function ratioOf(a: ResultsRow, b: ResultsRow): number | undefined {
  return "medianMs" in a && "medianMs" in b ? a.medianMs / b.medianMs : undefined;
}

function billions(value: number | undefined): number | undefined {
  return value === undefined ? undefined : value / 1e9;
}
