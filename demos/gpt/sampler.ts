// The samples of a run: the same prompt again and again, as training goes on.
//
// Decides: at which steps one is taken, and how it is written: a text with some chance in it, a task's answers without.

import type { models } from "../../src/index.ts";
import type { RunContext } from "../_shell/trainer.ts";
import type { GptTraining } from "./gptTraining.ts";
import type { GptTypes, Sample, SampleLine } from "./pageTypes.ts";
import { Scribe } from "./scribe.ts";

/** The first steps at which a sample is taken; after them there are two for each doubling. */
const FIRST_STEPS = [0, 25, 50, 100, 150];

export interface SamplerOptions {
  readonly training: GptTraining;
  readonly maxTokens: number;
  readonly context: RunContext<GptTypes>;
}

/** Whether a sample is taken after `step` steps: 0, 25, 50, 100, 150, 200, 300, 400, 600, 800, 1200 … */
export function isSampleDue(step: number): boolean {
  if (step < 200) return FIRST_STEPS.includes(step);
  const doubled = Math.log2(step / 200);
  return Number.isInteger(doubled) || Number.isInteger(Math.log2(step / 300));
}

/** Takes samples, one after the other. */
export class Sampler {
  private readonly options: SamplerOptions;
  private readonly scribe: Scribe;
  private writing: Promise<void> | undefined;

  constructor(options: SamplerOptions) {
    this.options = options;
    this.scribe = new Scribe(options.training);
  }

  /**
   * Begins a sample of the model as it is now, once the one before is complete; `loss` is what it has come to. Resolves
   * when it has begun: it is written while training goes on.
   */
  async begin(loss: number | undefined): Promise<void> {
    await this.writing;
    const { training, context } = this.options;
    if (context.signal.aborted) return;
    this.scribe.copy();
    this.writing = this.take(training.step, loss)
      .catch((error) => context.fail(error))
      .finally(() => {
        this.writing = undefined;
      });
  }

  /** Gives its memory back, once nothing is written any more. */
  async end(): Promise<void> {
    await this.writing;
    this.scribe.dispose();
  }

  private async take(step: number, loss: number | undefined): Promise<void> {
    const { training, context } = this.options;
    const lines: SampleLine[] = training.lessons.prompts.map((prompt) => ({ prompt, text: "" }));
    const soFar = (): Sample => ({ step, loss, lines: [...lines] });
    context.tell({ kind: "sampling", sample: soFar() });
    for (const [index, { prompt }] of lines.entries()) {
      let text = "";
      for await (const piece of this.scribe.write(prompt, this.writingOptions())) {
        text += piece;
        lines[index] = { prompt, text };
        context.tell({ kind: "sampling", sample: soFar() });
      }
    }
    context.addSample({ step, loss, lines: lines.map((line) => judged(training, line)) });
  }

  private writingOptions(): models.GenerateOptions {
    const { training, maxTokens, context } = this.options;
    const { task } = training.lessons;
    const { signal } = context;
    return task === undefined
      ? { maxTokens, temperature: 0.8, readEvery: 2, signal }
      : { maxTokens: task.answerLength + 2, temperature: 0, readEvery: 4, signal };
  }
}

function judged({ lessons: { task } }: GptTraining, line: SampleLine): SampleLine {
  if (task === undefined) return line;
  const { prompt, text } = line;
  const isRight = task.isCorrect(prompt, `${text}\n`);
  const expected = task.show(prompt, task.solve(prompt));
  return { ...line, verdict: { isRight, shown: task.show(prompt, text), expected } };
}
