// How long a step takes, smoothed; pauses and what is done between steps do not count.

/** How much of what is known each new measurement leaves. */
const SMOOTHING = 0.9;

export class StepClock {
  private lastMs: number | undefined;
  private mean = 0;

  /** Milliseconds of a step; 0 before the first. */
  get stepMs(): number {
    return this.mean;
  }

  /** Steps are being made from now on, if they were not. */
  go(): void {
    this.lastMs ??= performance.now();
  }

  /** One step has ended. */
  count(): void {
    const nowMs = performance.now();
    if (this.lastMs !== undefined) {
      const tookMs = nowMs - this.lastMs;
      this.mean = this.mean === 0 ? tookMs : SMOOTHING * this.mean + (1 - SMOOTHING) * tookMs;
    }
    this.lastMs = nowMs;
  }

  /** What happened since the last step was something else. */
  skip(): void {
    if (this.lastMs !== undefined) this.lastMs = performance.now();
  }

  /** No steps are made for now. */
  stop(): void {
    this.lastMs = undefined;
  }
}
