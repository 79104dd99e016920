// The points of one curve, as many as a chart can show, however long the run.

/** A measured point. */
export interface CurvePoint {
  readonly step: number;
  readonly value: number;
}

/** At this many points every two neighbours become one. */
const MOST_POINTS = 2000;
/** So many points may be far off, as they are at the beginning, and do not set the range of a long curve. */
const FAR_OFF_SHARE = 0.005;

/** Points, their moving average, and where there were none. */
export class Curve {
  readonly steps: number[] = [];
  readonly values: number[] = [];
  /** Steps whose value was no finite number: the curve is broken there. At most one between two points. */
  readonly gaps: number[] = [];
  private pointsPerPoint = 1;
  /** Values that wait to become one point. */
  private waiting: number[] = [];
  private latest: CurvePoint | undefined;

  get length(): number {
    return this.steps.length;
  }

  get lastStep(): number {
    return this.steps[this.steps.length - 1] ?? 0;
  }

  /** The last point that was added, as it was, be it finite or not. */
  get last(): CurvePoint | undefined {
    return this.latest;
  }

  /** How many points each kept point is the mean of. */
  get stride(): number {
    return this.pointsPerPoint;
  }

  /** The value above which next to no point lies; -Infinity where there is none. */
  get highest(): number {
    return nthLargest(this.values, this.farOff);
  }

  /** The value below which next to no point lies; Infinity where there is none. */
  get lowest(): number {
    return -nthLargest(this.values, this.farOff, -1);
  }

  /** How many points may lie outside of the range: none of a short curve. */
  private get farOff(): number {
    return Math.floor(this.length * FAR_OFF_SHARE);
  }

  /** Adds a point. Where it lies before the last one, the run went back, and what came after it did not happen. */
  add(point: CurvePoint): void {
    const { step, value } = point;
    if (this.latest !== undefined && step < this.latest.step) this.goBackTo(step);
    this.latest = point;
    if (!Number.isFinite(value)) {
      this.breakAt(step);
      return;
    }
    this.waiting.push(value);
    if (this.waiting.length < this.pointsPerPoint) return;
    this.steps.push(step);
    this.values.push(meanOf(this.waiting));
    this.waiting = [];
    if (this.length >= MOST_POINTS) this.thin();
  }

  private goBackTo(step: number): void {
    const kept = this.steps.findIndex((later) => later >= step);
    for (const list of [this.steps, this.values]) if (kept >= 0) list.length = kept;
    this.gaps.splice(0, this.gaps.length, ...this.gaps.filter((gap) => gap < step));
    this.waiting = [];
  }

  private breakAt(step: number): void {
    const place = (of: number) => indexUpTo(this.steps, of);
    const { gaps } = this;
    if (gaps.length === 0 || place(gaps[gaps.length - 1]) !== place(step)) gaps.push(step);
  }

  private thin(): void {
    const kept = this.length / 2;
    for (let i = 0; i < kept; i++) {
      this.steps[i] = this.steps[2 * i + 1];
      this.values[i] = (this.values[2 * i] + this.values[2 * i + 1]) / 2;
    }
    for (const list of [this.steps, this.values]) list.length = kept;
    this.pointsPerPoint *= 2;
    const breaks = this.gaps.filter(
      (step, i) => i === 0 || indexUpTo(this.steps, step) !== indexUpTo(this.steps, this.gaps[i - 1]),
    );
    this.gaps.splice(0, this.gaps.length, ...breaks);
  }
}

/** The moving average at each point of `curve`, of which `smoothing` stays from each measured point to the next. */
export function smoothedValues(curve: Curve, smoothing: number): readonly number[] {
  if (smoothing === 0) return curve.values;
  // A kept point is the mean of several: so much stays over all of them.
  const kept = smoothing ** curve.stride;
  let average = 0;
  let weight = 0;
  return curve.values.map((value) => {
    average = kept * average + (1 - kept) * value;
    weight = kept * weight + (1 - kept);
    return average / weight;
  });
}

/** Where the last of the ascending `steps` stands that is at most `step`; -1 where there is none. */
export function indexUpTo(steps: readonly number[], step: number): number {
  let [from, to] = [0, steps.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (steps[middle] <= step) from = middle + 1;
    else to = middle;
  }
  return from - 1;
}

/** Where the one of the ascending `steps` stands that is nearest to `step`; -1 where there is none. */
export function indexNear(steps: readonly number[], step: number): number {
  const left = indexUpTo(steps, step);
  if (left < 0) return steps.length === 0 ? -1 : 0;
  const isLast = left === steps.length - 1;
  return isLast || step - steps[left] <= steps[left + 1] - step ? left : left + 1;
}

/** The value of `sign * values` that `beyond` others are at least as large as; -Infinity where there is none. */
function nthLargest(values: readonly number[], beyond: number, sign = 1): number {
  // Sorting all of them would take longer than drawing them; `beyond` is at most a handful.
  const largest: number[] = [];
  for (const value of values) {
    const candidate = sign * value;
    if (largest.length > beyond && candidate <= largest[beyond]) continue;
    let place = largest.length;
    while (place > 0 && largest[place - 1] < candidate) place--;
    largest.splice(place, 0, candidate);
    if (largest.length > beyond + 1) largest.pop();
  }
  return largest[beyond] ?? Number.NEGATIVE_INFINITY;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
