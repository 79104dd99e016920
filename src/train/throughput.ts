// How fast training goes: steps and examples per second over the last steps.

/** The last steps that count. */
const WINDOW_STEPS = 64;

interface Mark {
  readonly timeMs: number;
  readonly examples: number;
}

/** A moving rate. Time that is not spent on training can be taken out of it. */
export class Throughput {
  private readonly now: () => number;
  private marks: Mark[] = [];
  private excludedMs = 0;

  /** `now` gives milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** Counts a step that is done. */
  record(examples: number): void {
    this.marks.push({ timeMs: this.now() - this.excludedMs, examples });
    if (this.marks.length > WINDOW_STEPS) this.marks.shift();
  }

  /** Takes time out: a pause, an evaluation. */
  exclude(timeMs: number): void {
    this.excludedMs += timeMs;
  }

  /** 0 before the second step. */
  get stepsPerSecond(): number {
    return this.perSecond(this.marks.length - 1);
  }

  /** 0 before the second step. */
  get examplesPerSecond(): number {
    // The first mark is where the window begins; its examples were before it.
    return this.perSecond(this.marks.slice(1).reduce((sum, { examples }) => sum + examples, 0));
  }

  private perSecond(count: number): number {
    const timeMs =
      this.marks.length < 2 ? 0 : this.marks[this.marks.length - 1].timeMs - this.marks[0].timeMs;
    return timeMs > 0 ? (1000 * count) / timeMs : 0;
  }
}
