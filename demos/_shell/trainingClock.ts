// How long a job spends on training steps, whatever else it does between them.

/** Runs from when it is made. */
export class TrainingClock {
  /** Time that was spent until `pausedFor` was last called. */
  timeMs = 0;
  private startMs = performance.now();

  /** Time that was spent until now. */
  get nowMs(): number {
    return this.timeMs + performance.now() - this.startMs;
  }

  /** Runs `work` off the clock. */
  async pausedFor<T>(work: () => Promise<T>): Promise<T> {
    this.timeMs = this.nowMs;
    try {
      return await work();
    } finally {
      this.startMs = performance.now();
    }
  }
}
