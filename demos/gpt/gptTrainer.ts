// The GPT as the shell runs it: when it is validated and sampled, and what the page can ask of it besides.

import { type Tensor, UsageError } from "../../src/index.ts";
import type { Looks, RunContext, Trainer } from "../_shell/trainer.ts";
import { takeCheckpoint } from "./checkpoint.ts";
import type { GptTraining } from "./gptTraining.ts";
import { endInspection, inspect } from "./inspect/inspect.ts";
import type { InspectReply, InspectRequest } from "./inspect/inspectTypes.ts";
import { CURVES, type GptCommand, type GptReady, type GptTypes } from "./pageTypes.ts";
import { PromptWriter } from "./promptWriter.ts";
import type { RunConfig } from "./runConfig.ts";
import { type GptState, type NamedText, savedFiles } from "./runFiles.ts";
import { isSampleDue, Sampler } from "./sampler.ts";

const VALIDATE_EVERY_STEPS = 50;
/** Losses that a sample's loss is the mean of. */
const RECENT_LOSSES = 20;

/** How much is looked at on the way; a software adapter would do little else. */
interface LookSizes {
  readonly batches: number;
  readonly sampleTokens: number;
}

const hardwareLooks: LookSizes = { batches: 12, sampleTokens: 220 };
const softwareLooks: LookSizes = { batches: 2, sampleTokens: 120 };

export interface GptTrainerOptions {
  readonly training: GptTraining;
  readonly config: RunConfig;
  /** Characters of the text; 0 for tasks. */
  readonly characterCount: number;
  /** What it learns, to be kept with the run where it is the visitor's own. */
  readonly text: NamedText | undefined;
}

/** Runs one training. */
export class GptTrainer implements Trainer<GptTypes, GptState> {
  private readonly training: GptTraining;
  private readonly characterCount: number;
  private readonly text: NamedText | undefined;
  private readonly writer: PromptWriter;
  private current: RunConfig;
  private sampler: Sampler | undefined;

  constructor({ training, config, characterCount, text }: GptTrainerOptions) {
    this.training = training;
    this.current = config;
    this.characterCount = characterCount;
    this.text = text;
    this.writer = new PromptWriter(training);
  }

  get engine() {
    return this.training.engine;
  }

  get config(): RunConfig {
    return this.current;
  }

  get step(): number {
    return this.training.step;
  }

  get itemsPerStep(): number {
    return this.training.tokensPerStep;
  }

  get parameterCount(): number {
    return this.training.parameterCount;
  }

  get dispatchesPerStep(): number {
    return this.training.plan?.dispatches.length ?? 0;
  }

  get own(): GptReady {
    const { tokenizer, prompts, passage } = this.training.lessons;
    return {
      vocabularySize: tokenizer.vocabularySize,
      characterCount: this.characterCount,
      prompts,
      passage,
    };
  }

  advance(): Tensor {
    return this.training.advance();
  }

  lossNames(): readonly string[] {
    return [CURVES.training];
  }

  setLive({ learningRate }: Partial<RunConfig>): void {
    if (learningRate === undefined) return;
    const { training } = this;
    this.current = { ...this.current, learningRate };
    training.settings = { ...training.settings, learningRate, finalLearningRate: learningRate };
  }

  async save(): Promise<GptState> {
    return { checkpoint: await takeCheckpoint(this.training), text: this.text };
  }

  restore({ checkpoint }: GptState): void {
    this.training.restore(checkpoint.state);
  }

  isSound({ checkpoint }: GptState): boolean {
    return [...checkpoint.state.model.values()].every(({ data }) => Array.from(data).every(Number.isFinite));
  }

  /** Makes the steps after `good` once more, up to the one whose loss was no number, and looks at that one. */
  async findBroken(good: GptState, seen: number): Promise<string> {
    const { training } = this;
    this.restore(good);
    while (training.step < seen - 1) training.advance().dispose();
    return (await training.firstNotFinite()) ?? "the loss";
  }

  filesOf(state: GptState): ReadonlyMap<string, Uint8Array> {
    return savedFiles(state);
  }

  looks(context: RunContext<GptTypes>): Looks<GptTypes> {
    const { training } = this;
    const { history, signal } = context;
    const { batches, sampleTokens } = this.engine.adapter.isSoftware ? softwareLooks : hardwareLooks;
    const sampler = new Sampler({ training, maxTokens: sampleTokens, context });
    this.sampler = sampler;
    const recentLoss = () => {
      const loss = history.recent(CURVES.training, RECENT_LOSSES);
      return Number.isNaN(loss) ? undefined : loss;
    };
    return {
      atSteps: [
        {
          isDue: (step) => isSampleDue(step) && !history.hasSampleAt(step),
          look: () => sampler.begin(recentLoss()),
        },
        {
          isDue: (step) => step % VALIDATE_EVERY_STEPS === 0 && !history.hasPointAt(CURVES.validation, step),
          look: async () => {
            const { loss, exactAccuracy } = await training.validate(batches, signal);
            context.addPoint(CURVES.validation, loss);
            if (exactAccuracy !== undefined) context.addPoint(CURVES.exact, 100 * exactAccuracy);
          },
        },
      ],
    };
  }

  async command(command: GptCommand, { tell }: RunContext<GptTypes>): Promise<void> {
    switch (command.kind) {
      case "write": {
        const { id, prompt, options } = command;
        const end = await this.writer.write(prompt, options, (text) => tell({ kind: "written", id, text }));
        tell({ kind: "writingEnded", id, ...end });
        break;
      }
      case "stopWriting":
        await this.writer.stop();
        break;
      case "inspect":
        tell({ kind: "inspected", id: command.id, reply: await this.inspect(command.request) });
    }
  }

  async end(): Promise<void> {
    await Promise.allSettled([this.writer.stop(), this.sampler?.end()]);
    endInspection(this.training.model);
    this.writer.dispose();
    this.training.dispose();
  }

  /** Looks inside the model. */
  private async inspect(request: InspectRequest): Promise<InspectReply> {
    const { model, lessons } = this.training;
    try {
      return await inspect(model, lessons.tokenizer, request);
    } catch (error) {
      if (error instanceof UsageError) return { kind: "refused", reason: error.message };
      throw error;
    }
  }
}
