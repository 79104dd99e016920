// The process that has the GPU, as the one that has the terminal sees it: it is asked, and answers or fails.
//
// Decides: what happens where it crashes, hangs or takes too much memory: that is a failure, with a text, and no exception.

import { type ChildProcess, fork } from "node:child_process";
import { memoryLimitBytes } from "../../../bench/limits.ts";
import type { Answers, Question } from "../../../bench/portable/questions.ts";
import type { PageAnswer } from "../../../bench/report.ts";
import { outgrown } from "../memoryWatch.ts";

/** Of what a process that crashed had to say. */
const toldLength = 300;

export class CaseProcess {
  private readonly child: ChildProcess;
  private told = "";
  private readonly ended: Promise<{ failure: string }>;

  /** `script` answers questions where its arguments begin with "answer". */
  constructor(script: string, isSoftware: boolean) {
    this.child = fork(script, ["answer", ...(isSoftware ? ["software"] : [])], {
      // Numbers that are none come through.
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.child.stderr?.on("data", (text: Buffer) => {
      this.told = (this.told + String(text)).slice(-toldLength);
    });
    this.ended = new Promise((resolve) => {
      this.child.once("error", ({ message }) => resolve({ failure: `there is no process: ${message}` }));
      this.child.once("close", (code, signal) => {
        resolve({ failure: `the process ended (${signal ?? code}). ${this.told}`.trim() });
      });
    });
  }

  /** Where this fails for lack of time or memory, the process may still be at work: `kill` it. */
  async ask<A extends Question["ask"]>(
    question: Extract<Question, { ask: A }>,
    limitMs: number,
  ): Promise<PageAnswer<Answers[A]>> {
    let isOver = false;
    let timer: NodeJS.Timeout | undefined;
    const hung = new Promise<{ failure: string }>((resolve) => {
      timer = setTimeout(() => resolve({ failure: `no answer within ${limitMs / 1000} s` }), limitMs);
    });
    try {
      return await Promise.race([this.answerTo<A>(question), this.ended, hung, this.swollen(() => isOver)]);
    } finally {
      isOver = true;
      clearTimeout(timer);
    }
  }

  /** At once, so that nothing of the driver's is taken down in an order that it does not like. */
  kill(): void {
    this.child.kill("SIGKILL");
  }

  private answerTo<A extends Question["ask"]>(question: Question): Promise<PageAnswer<Answers[A]>> {
    return new Promise((resolve) => {
      this.child.once("message", (answer) => resolve(answer as PageAnswer<Answers[A]>));
      // A process that is gone says so by ending.
      this.child.send(question, () => undefined);
    });
  }

  private async swollen(isOver: () => boolean): Promise<{ failure: string }> {
    if (this.child.pid === undefined) return this.ended;
    await outgrown(this.child.pid, memoryLimitBytes, isOver);
    return { failure: `it took more than ${memoryLimitBytes / 2 ** 30} GiB` };
  }
}
