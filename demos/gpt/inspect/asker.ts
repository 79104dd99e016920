// When a panel asks the worker: while it is on screen, once at a time, and with rests, so that training goes on.

/** The share of time that asking may take is one in REST + 1. */
const REST = 3;
const SHORTEST_REST_MS = 100;
/** For who wants little motion. */
const CALM_REST_MS = 1000;

/** Runs `work` whenever it is wanted and `element` is on screen. `work` deals with its own failures. */
export class Asker {
  private readonly work: () => Promise<void>;
  private readonly signal: AbortSignal;
  private readonly calm = matchMedia("(prefers-reduced-motion: reduce)");
  private isWanted = false;
  private isVisible = false;
  private isBusy = false;
  private isUrgent = false;
  private endRest: (() => void) | undefined;

  constructor(element: Element, work: () => Promise<void>, signal: AbortSignal) {
    this.work = work;
    this.signal = signal;
    const observer = new IntersectionObserver((entries) => {
      this.isVisible = entries.at(-1)?.isIntersecting ?? false;
      this.begin();
    });
    observer.observe(element);
    signal.addEventListener("abort", () => {
      observer.disconnect();
      this.endRest?.();
    });
  }

  /** Wants an answer; one of `now` does not wait for the end of a rest. */
  want({ now = false } = {}): void {
    this.isWanted = true;
    if (now) {
      this.isUrgent = true;
      this.endRest?.();
    }
    this.begin();
  }

  private get isDue(): boolean {
    return this.isWanted && this.isVisible && !this.signal.aborted;
  }

  private begin(): void {
    if (this.isBusy || !this.isDue) return;
    this.isBusy = true;
    void this.ask().finally(() => {
      this.isBusy = false;
      this.begin();
    });
  }

  private async ask(): Promise<void> {
    this.isWanted = false;
    this.isUrgent = false;
    const startMs = performance.now();
    await this.work();
    if (this.isUrgent) return;
    const least = this.calm.matches ? CALM_REST_MS : SHORTEST_REST_MS;
    await this.rest(Math.max(least, REST * (performance.now() - startMs)));
  }

  private rest(timeMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeMs);
      this.endRest = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
