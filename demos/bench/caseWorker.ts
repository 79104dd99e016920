// A worker as the page sees it: it is asked, and answers or fails.
//
// Decides: what happens where it breaks, hangs or is stopped: that is a failure, with a text, and no exception; a worker
// that did not answer is ended with all that it has on the GPU.

import type { OpenedCase, PageSettings, Sample } from "../../bench/report.ts";
import type { CasePlace, LimitedAnswer } from "../../bench/takeTurns.ts";
import type { FailureReason } from "../_shell/deviceTrouble.ts";
import type { Answers, Question } from "./messages.ts";

/** A failure that the worker itself told of may have a reason. */
export type WorkerAnswer<T> = LimitedAnswer<T> & { readonly reason?: FailureReason };

export class CaseWorker implements CasePlace {
  private readonly worker: Worker;
  private readonly limitMs: number;
  private readonly signal: AbortSignal;

  /** `limitMs`: for each answer. Once `signal` is aborted, it answers nothing but that. */
  constructor(limitMs: number, signal: AbortSignal) {
    this.worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    this.limitMs = limitMs;
    this.signal = signal;
  }

  open(settings: PageSettings): Promise<LimitedAnswer<OpenedCase>> {
    return this.ask({ ask: "open", settings });
  }

  sample(): Promise<LimitedAnswer<Sample>> {
    return this.ask({ ask: "sample" });
  }

  close(): void {
    this.worker.terminate();
  }

  async ask<A extends Question["ask"]>(
    question: Extract<Question, { ask: A }>,
  ): Promise<WorkerAnswer<Answers[A]>> {
    const over = new AbortController();
    try {
      return await new Promise((resolve) => {
        const end = (failure: string) => {
          // At once: it may still be at work, beside what is timed next.
          this.close();
          resolve({ failure, isStuck: true });
        };
        const { signal } = over;
        // An answer is of the question's kind: there is one at a time.
        const take = ({ data }: MessageEvent<WorkerAnswer<Answers[A]>>) => resolve(data);
        this.worker.addEventListener("message", take, { signal });
        const broke = ({ message }: ErrorEvent) => end(message || "its worker did not start.");
        this.worker.addEventListener("error", broke, { signal });
        this.signal.addEventListener("abort", () => end("it was stopped."), { signal });
        const timer = setTimeout(() => end(`no answer within ${this.limitMs / 1000} s`), this.limitMs);
        signal.addEventListener("abort", () => clearTimeout(timer));
        if (this.signal.aborted) end("it was stopped.");
        else this.worker.postMessage(question);
      });
    } finally {
      over.abort();
    }
  }
}
