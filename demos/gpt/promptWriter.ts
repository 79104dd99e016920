// The worker's side of the writing desk: goes on with the visitor's prompt, one at a time.
//
// Decides: what is said of what was written, and of a prompt that cannot be gone on with.

import { type tasks, UsageError } from "../../src/index.ts";
import type { GptTraining } from "./gptTraining.ts";
import type { WriteOptions, WritingEnd } from "./pageTypes.ts";
import { Scribe } from "./scribe.ts";

/** A speed is told from so many tokens on. */
const LEAST_TIMED_TOKENS = 16;

/** What was written, and when its first piece was there. */
interface Written {
  first: string;
  later: string;
  startMs: number;
}

/** Writes with a copy of the model. */
export class PromptWriter {
  private readonly training: GptTraining;
  private readonly scribe: Scribe;
  private writing: { readonly abort: AbortController; readonly done: Promise<unknown> } | undefined;

  constructor(training: GptTraining) {
    this.training = training;
    this.scribe = new Scribe(training);
  }

  /** Ends what is being written, and goes on with `prompt`. Resolves when this is written, or was ended. */
  async write(prompt: string, options: WriteOptions, onText: (text: string) => void): Promise<WritingEnd> {
    await this.stop();
    const abort = new AbortController();
    const written: Written = { first: "", later: "", startMs: 0 };
    const done = this.writeTo(written, prompt, options, abort.signal, onText).catch((error) => {
      if (abort.signal.aborted) return "";
      if (!(error instanceof UsageError)) throw error;
      return this.faultOf(prompt, error);
    });
    this.writing = { abort, done: done.catch(() => undefined) };
    const fault = await done;
    return fault === "" ? this.endOf(prompt, written) : { tokensPerSecond: 0, fault };
  }

  /** Ends what is being written. */
  async stop(): Promise<void> {
    this.writing?.abort.abort();
    await this.writing?.done;
  }

  dispose(): void {
    this.scribe.dispose();
  }

  private async writeTo(
    written: Written,
    prompt: string,
    { maxTokens, temperature, topK, topP }: WriteOptions,
    signal: AbortSignal,
    onText: (text: string) => void,
  ): Promise<string> {
    this.scribe.copy();
    const options = { maxTokens, temperature, topK, topP, readEvery: 2, signal };
    for await (const piece of this.scribe.write(prompt, options)) {
      // The first piece comes after compiling; the rate is that of the others.
      if (written.startMs === 0) {
        written.startMs = performance.now();
        written.first = piece;
      } else written.later += piece;
      onText(piece);
    }
    return "";
  }

  private endOf(prompt: string, { first, later, startMs }: Written): WritingEnd {
    const { task, tokenizer } = this.training.lessons;
    const tokens = later === "" ? 0 : tokenizer.encode(later).length;
    const tookMs = performance.now() - startMs;
    const tokensPerSecond = tokens < LEAST_TIMED_TOKENS ? 0 : (1000 * tokens) / tookMs;
    const remark = task === undefined ? undefined : remarkOn(task, prompt, first + later);
    return { tokensPerSecond, ...(remark === undefined ? {} : { remark }) };
  }

  /** Why a prompt cannot be gone on with, for the visitor. */
  private faultOf(prompt: string, error: UsageError): string {
    if (prompt === "") return "There is no prompt: type something for the model to go on with.";
    const { tokenizer } = this.training.lessons;
    const stranger = Array.from(prompt).find((character) => {
      try {
        return tokenizer.encode(character).length === 0;
      } catch {
        return true;
      }
    });
    return stranger === undefined
      ? error.message
      : `The model has never seen “${stranger}”: its text has no such character.`;
  }
}

/** What an answer means, and whether it is right; undefined where the prompt is none of the task's. */
function remarkOn(task: tasks.TextTask, prompt: string, answer: string): string | undefined {
  try {
    const shown = task.show(prompt, answer);
    if (task.isCorrect(prompt, `${answer}\n`)) return `Read as ${shown}: right.`;
    return `Read as ${shown}: wrong, it is ${task.show(prompt, task.solve(prompt))}.`;
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}
