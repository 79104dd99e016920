// All runs of this visit: their settings, and what was measured in them.
//
// Decides: which runs are kept, what they are called, and how many points of them. Leaves to others how they are drawn.

import { Curve, type CurvePoint } from "./curve.ts";
import { runsCsv } from "./runCsv.ts";

/** The number of a run, which is shown. */
export type RunId = number;

/** A run as others see it. */
export interface Run {
  readonly id: RunId;
  readonly settings: Readonly<Record<string, string>>;
  /** What the visitor calls it; empty where it is called by its settings. */
  readonly ownName: string;
  readonly isVisible: boolean;
  /** Whether it stays when there are too many. */
  readonly isPinned: boolean;
  readonly curves: ReadonlyMap<string, Curve>;
}

/** What came before in a run that goes on, by the name of the series. */
export type SeriesHistory = Readonly<Record<string, readonly CurvePoint[]>>;

interface KeptRun extends Run {
  ownName: string;
  isVisible: boolean;
  isPinned: boolean;
  readonly curves: Map<string, Curve>;
}

const MOST_RUNS = 6;
/** A run with fewer points in every series is not worth comparing with. */
const LEAST_POINTS = 2;

/** Keeps the runs of a page for all of its charts. */
export class RunLog {
  private kept: KeptRun[] = [];
  private currentId: RunId | undefined;
  private changes = 0;
  private readonly listeners = new Set<() => void>();

  /** The run that points are added to; undefined before the first, and once it was removed. */
  get current(): Run | undefined {
    return this.keptCurrent;
  }

  /** Oldest first. */
  get runs(): readonly Run[] {
    return this.kept;
  }

  /** Another number whenever there are other runs, or one is called or shown otherwise. */
  get version(): number {
    return this.changes;
  }

  /** Has `act` called after every change. Gives what ends that. */
  onChange(act: () => void): () => void {
    this.listeners.add(act);
    return () => this.listeners.delete(act);
  }

  /**
   * Starts a run, which takes the place of a current one that came to nothing. With a `history` it is one that goes on:
   * a current run of the same settings is that one, and gets this history instead of its own.
   */
  begin(settings: Readonly<Record<string, string>>, history: SeriesHistory = {}): RunId {
    const before = this.keptCurrent;
    const curves = curvesOf(history);
    const isSame = before !== undefined && isEqual(before.settings, settings) && !isShort(curves);
    const isReplaced = before !== undefined && (isSame || isShort(before.curves));
    if (isReplaced) this.kept.pop();
    const highest = Math.max(0, ...this.kept.map(({ id }) => id));
    const run: KeptRun = {
      id: isReplaced ? before.id : highest + 1,
      settings: { ...settings },
      ownName: isSame ? before.ownName : "",
      isVisible: true,
      isPinned: isSame && before.isPinned,
      curves,
    };
    this.kept.push(run);
    this.currentId = run.id;
    this.dropOldest();
    this.tell(true);
    return run.id;
  }

  /** Adds to the current run, if there is one. */
  add(seriesName: string, points: readonly CurvePoint[]): void {
    const run = this.keptCurrent;
    if (run === undefined || points.length === 0) return;
    addPoints(run.curves, seriesName, points);
    this.tell(false);
  }

  /** Forgets a run. Where it is the current one there is none until the next begins. */
  remove(id: RunId): void {
    const rest = this.kept.filter((run) => run.id !== id);
    if (rest.length === this.kept.length) return;
    this.kept = rest;
    this.tell(true);
  }

  /** Gives a run a name of its own; an empty one takes it away. */
  rename(id: RunId, name: string): void {
    this.change(id, (run) => {
      run.ownName = name.trim();
    });
  }

  setVisible(id: RunId, isVisible: boolean): void {
    this.change(id, (run) => {
      run.isVisible = isVisible;
    });
  }

  setPinned(id: RunId, isPinned: boolean): void {
    this.change(id, (run) => {
      run.isPinned = isPinned;
    });
  }

  /** Its own name, or that by which it differs from the others: "seed 2, rate 0.01". */
  nameOf(run: Run): string {
    if (run.ownName !== "") return run.ownName;
    if (this.kept.length === 1) return "this run";
    const name = differencesOf(run, this.kept);
    if (name === "") return `run ${run.id}`;
    const isAlone = this.kept.every(
      (other) => other.id === run.id || differencesOf(other, this.kept) !== name,
    );
    return isAlone ? name : `${name}, run ${run.id}`;
  }

  /** All runs as a table for other programs: RFC 4180, a line for each step of each run. */
  toCsv(seriesNames?: readonly string[]): string {
    const named = this.kept.map((run) => ({ name: this.nameOf(run), ...run }));
    return runsCsv(named, seriesNames);
  }

  /** It is the last of all, unless it was removed. */
  private get keptCurrent(): KeptRun | undefined {
    return this.kept.find(({ id }) => id === this.currentId);
  }

  private change(id: RunId, act: (run: KeptRun) => void): void {
    const run = this.kept.find((candidate) => candidate.id === id);
    if (run === undefined) return;
    act(run);
    this.tell(true);
  }

  private dropOldest(): void {
    if (this.kept.length <= MOST_RUNS) return;
    const earlier = this.kept.slice(0, -1);
    const oldest = earlier.find(({ isPinned }) => !isPinned) ?? earlier[0];
    this.kept = this.kept.filter((run) => run !== oldest);
  }

  private tell(isOther: boolean): void {
    if (isOther) this.changes++;
    for (const act of this.listeners) act();
  }
}

function curvesOf(history: SeriesHistory): Map<string, Curve> {
  const curves = new Map<string, Curve>();
  for (const [name, points] of Object.entries(history)) addPoints(curves, name, points);
  return curves;
}

function addPoints(curves: Map<string, Curve>, name: string, points: readonly CurvePoint[]): void {
  const curve = curves.get(name) ?? new Curve();
  curves.set(name, curve);
  for (const point of points) curve.add(point);
}

function isShort(curves: ReadonlyMap<string, Curve>): boolean {
  return [...curves.values()].every(({ length }) => length < LEAST_POINTS);
}

function isEqual(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  return [...Object.keys(one), ...Object.keys(other)].every((key) => one[key] === other[key]);
}

/** The settings of `run` that not all of `runs` share. */
function differencesOf(run: Run, runs: readonly Run[]): string {
  return Object.entries(run.settings)
    .filter(([key, value]) => runs.some(({ settings }) => settings[key] !== value))
    .map(([key, value]) => `${key} ${value}`)
    .join(", ");
}
