// The samples of a run: the same prompt again and again, as training goes on.
//
// Decides: at which steps one is taken, and how it is written: a text with some chance in it, a task's answers without.

import type { models } from "../../src/index.ts";
import type { GptTraining } from "./gptTraining.ts";
import type { RunReport, Sample, SampleLine } from "./protocol.ts";
import { Scribe } from "./scribe.ts";

/** The first steps at which a sample is taken; after them there are two for each doubling. */
const FIRST_STEPS = [0, 25, 50, 100, 150];

export interface SamplerOptions {
  readonly training: GptTraining;
  readonly maxTokens: number;
  readonly tell: (report: RunReport) => void;
  readonly onSample: (sample: Sample) => void;
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
  private readonly ending = new AbortController();
  private writing: Promise<void> | undefined;

  constructor(options: SamplerOptions) {
    this.options = options;
    this.scribe = new Scribe(options.training);
  }

  /**
   * Begins a sample of the model as it is now, once the one before is complete. Resolves when it has begun; `onEnd` is
   * told when it has failed.
   */
  async begin(step: number, loss: number, onFailure: (error: unknown) => void): Promise<void> {
    await this.writing;
    if (this.ending.signal.aborted) return;
    this.scribe.copy();
    this.writing = this.take(step, loss)
      .catch((error) => {
        if (!this.ending.signal.aborted) onFailure(error);
      })
      .finally(() => {
        this.writing = undefined;
      });
  }

  async end(): Promise<void> {
    this.ending.abort();
    await this.writing;
    this.scribe.dispose();
  }

  private async take(step: number, loss: number): Promise<void> {
    const { training, tell, onSample } = this.options;
    const { prompts } = training.lessons;
    const empty = prompts.map((prompt) => ({ prompt, text: "" }));
    tell({ kind: "sampleBegun", sample: { step, loss, lines: empty } });
    const lines: SampleLine[] = [];
    for (const [line, prompt] of prompts.entries()) {
      let text = "";
      for await (const piece of this.scribe.write(prompt, this.writingOptions())) {
        text += piece;
        tell({ kind: "sampleText", line, text: piece });
      }
      lines.push(judged(training, { prompt, text }));
    }
    const sample = { step, loss, lines };
    onSample(sample);
    tell({ kind: "sampleEnded", sample });
  }

  private writingOptions(): models.GenerateOptions {
    const { training, maxTokens } = this.options;
    const { task } = training.lessons;
    const { signal } = this.ending;
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
