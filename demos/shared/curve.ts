// The points of one curve, as many as a chart can show, however long the run.

/** A measured point. */
export interface CurvePoint {
  readonly step: number;
  readonly value: number;
}

/** At this many points every two neighbours become one. */
const MOST_POINTS = 2000;
/** Points that belong to the beginning, which may be far off, do not set the range of a long curve. */
const RANGE_SHARE = 0.995;

/** Points and their moving average. */
export class Curve {
  readonly steps: number[] = [];
  readonly values: number[] = [];
  readonly smooth: number[] = [];
  private readonly smoothing: number;
  /** Points that one kept point stands for, and those that wait to become one. */
  private stride = 1;
  private waiting: number[] = [];
  private average = 0;
  private weight = 0;

  /** `smoothing` is how much of the moving average stays at each point, from 0 to below 1. */
  constructor(smoothing: number) {
    this.smoothing = smoothing;
  }

  get length(): number {
    return this.steps.length;
  }

  get lastStep(): number {
    return this.steps[this.steps.length - 1] ?? 0;
  }

  /** The value above which next to no point lies; -Infinity where there is none. */
  get highest(): number {
    const sorted = this.values.filter(Number.isFinite).sort((a, b) => a - b);
    return sorted[Math.floor((sorted.length - 1) * RANGE_SHARE)] ?? Number.NEGATIVE_INFINITY;
  }

  add({ step, value }: CurvePoint): void {
    if (!Number.isFinite(value)) return;
    this.average = this.smoothing * this.average + (1 - this.smoothing) * value;
    this.weight = this.smoothing * this.weight + (1 - this.smoothing);
    this.waiting.push(value);
    if (this.waiting.length < this.stride) return;
    this.steps.push(step);
    this.values.push(meanOf(this.waiting));
    this.smooth.push(this.average / this.weight);
    this.waiting = [];
    if (this.length >= MOST_POINTS) this.thin();
  }

  private thin(): void {
    const kept = this.length / 2;
    for (let i = 0; i < kept; i++) {
      this.steps[i] = this.steps[2 * i + 1];
      this.values[i] = (this.values[2 * i] + this.values[2 * i + 1]) / 2;
      this.smooth[i] = this.smooth[2 * i + 1];
    }
    for (const list of [this.steps, this.values, this.smooth]) list.length = kept;
    this.stride *= 2;
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
