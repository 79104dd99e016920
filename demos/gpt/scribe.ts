// A copy of the model that writes while the model itself goes on learning.
//
// Decides: that what is written is of the step at which it was asked for, from its first token to its last.

import { models } from "../../src/index.ts";
import type { GptTraining } from "./gptTraining.ts";

/** One writer; it writes one text at a time. */
export class Scribe {
  private readonly training: GptTraining;
  private made: { readonly model: models.Gpt; readonly generator: models.TextGenerator } | undefined;

  constructor(training: GptTraining) {
    this.training = training;
  }

  /** Takes the model's numbers as they are now. */
  copy(): void {
    this.made ??= this.make();
    this.made.model.loadStateDict(this.training.model.stateDict());
  }

  /** Text after `prompt`, by the copy. Throws UsageError for a prompt that cannot be read. */
  write(prompt: string, options: models.GenerateOptions): AsyncGenerator<string> {
    this.made ??= this.make();
    return this.training.sample(prompt, options, this.made.generator);
  }

  dispose(): void {
    this.made?.generator.dispose();
    this.made?.model.dispose();
    this.made = undefined;
  }

  private make() {
    const model = new models.Gpt(this.training.model.config);
    return { model, generator: new models.TextGenerator(model) };
  }
}
