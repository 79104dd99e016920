// GptTraining: a GPT, its optimizer and its lessons, trained one step at a time by whoever asks for steps.
//
// Decides: what a step, a validation, a sample and a saved state are; the page and the command line share them. Leaves
// to them when each is due, and where files go.

import {
  add,
  argmax,
  type CompiledFunction,
  cast,
  compile,
  concat,
  div,
  type Engine,
  equal,
  getRngState,
  gradients,
  models,
  mul,
  notEqual,
  optim,
  type RngState,
  reshape,
  saveState,
  setRngState,
  slice,
  sum,
  type Tensor,
  TokenDecoder,
  type Tokenizer,
  tensor,
  UsageError,
} from "../../src/index.ts";
import { firstNotFinite } from "./firstNotFinite.ts";
import { type Batch, type Lessons, makeLessons } from "./lessons.ts";
import { type GptSettings, learningRateAt, settingsFault } from "./settings.ts";
import { buildGpt } from "./twentyLines.ts";

/** Rows that are validated at once. */
const VALIDATION_ROWS = 32;
const IGNORED = -100;
/** Before the names of the scaler's state, where it stands beside the optimizer's. */
const SCALER = "scaler.";

type SavedState = Awaited<ReturnType<typeof saveState>>;

/** Enough to go on as if training had not stopped. */
export interface TrainingState {
  readonly step: number;
  readonly model: SavedState;
  readonly optimizer: SavedState;
  /** Where random numbers stand; undefined in checkpoints of runs that kept none. */
  readonly random: RngState | undefined;
}

/** How well the model does on what was kept from training. */
export interface Validation {
  /** Mean cross-entropy, in nats for each token. */
  readonly loss: number;
  /** The share of items whose whole answer is right; undefined for texts. */
  readonly exactAccuracy: number | undefined;
}

/** Told where preparation stands. */
export type PreparationProgress = (stage: "tokenizer" | "pipelines", done: number, total: number) => void;

/** What training can be given beside its settings. */
export interface TrainingOptions {
  /** The corpus, where a text is learned. */
  readonly text?: string;
  /** Of the run that goes on; else one is made for the text. */
  readonly tokenizer?: Tokenizer;
  readonly state?: TrainingState;
  readonly onProgress?: PreparationProgress;
}

/** One run. */
export class GptTraining {
  readonly engine: Engine;
  /** Rates may be changed while it runs. */
  settings: GptSettings;
  readonly lessons: Lessons;
  readonly model: models.Gpt;
  private readonly optimizer: optim.AdamW;
  /** Keeps gradients within what f16 can hold, where that is what is stored. */
  private readonly scaler: optim.GradScaler | undefined;
  private readonly generator: models.TextGenerator;
  private readonly trainStep: CompiledFunction<[tokens: Tensor, targets: Tensor], Tensor>;
  private readonly measure: ReturnType<GptTraining["compileMeasure"]>;
  private done = 0;

  private constructor(engine: Engine, settings: GptSettings, lessons: Lessons, options: TrainingOptions) {
    this.engine = engine;
    this.settings = settings;
    this.lessons = lessons;
    const { vocabularySize } = lessons.tokenizer;
    const onProgress = (done: number, total: number) => options.onProgress?.("pipelines", done, total);
    const sized = { ...settings, context: lessons.modelContext };
    const { model, optimizer, step } = buildGpt(sized, { engine, vocabularySize, onProgress });
    this.model = model;
    this.optimizer = optimizer;
    this.generator = new models.TextGenerator(model);
    this.scaler = settings.precision === "f16" ? new optim.GradScaler({ engine }) : undefined;
    const isPlain = settings.accumulate === 1 && this.scaler === undefined;
    this.trainStep = isPlain ? step : this.compileParts(onProgress);
    this.measure = this.compileMeasure();
    if (options.state !== undefined) this.restore(options.state);
  }

  /**
   * Makes the model, from its seed or from a state. Throws UsageError for settings out of range, a corpus that is too
   * short, or a state of another model.
   */
  static async create(
    engine: Engine,
    settings: GptSettings,
    options: TrainingOptions = {},
  ): Promise<GptTraining> {
    const fault = settingsFault(settings);
    if (fault !== undefined) throw new UsageError(fault);
    const { text = "", tokenizer, onProgress } = options;
    const lessons = await makeLessons(settings, text, tokenizer, (done, total) =>
      onProgress?.("tokenizer", done, total),
    );
    return new GptTraining(engine, settings, lessons, options);
  }

  /** Steps done. */
  get step(): number {
    return this.done;
  }

  get parameterCount(): number {
    return this.model.parameters().reduce((total, { size }) => total + size, 0);
  }

  /** Tokens that one step learns from. */
  get tokensPerStep(): number {
    const { batchSize, accumulate } = this.settings;
    return batchSize * accumulate * this.lessons.context;
  }

  /** The plan of a step, once there was one. */
  get plan() {
    return this.trainStep.inspect()[0]?.plan;
  }

  /** Resolves once every pipeline of a step is made. */
  async prepare(): Promise<void> {
    const batches = this.upload(this.batchesAt(this.done));
    await this.trainStep.prepare(batches.tokens, batches.targets);
    dispose(batches);
  }

  /** One step; gives its loss, a scalar which the caller reads and disposes of. */
  advance(): Tensor {
    this.optimizer.lr = learningRateAt(this.done, this.settings);
    const batches = this.upload(this.batchesAt(this.done));
    const loss = this.trainStep(batches.tokens, batches.targets);
    dispose(batches);
    this.done += 1;
    return loss;
  }

  /** Measures the model on at most `batches` batches of what was kept from training; all of it by default. */
  async validate(batches = Number.POSITIVE_INFINITY, signal?: AbortSignal): Promise<Validation> {
    const sums = [0, 0, 0];
    const pending: Promise<ArrayLike<number>>[] = [];
    const collect = async () => {
      Array.from((await pending.shift()) ?? []).forEach((value, index) => {
        sums[index] += value;
      });
    };
    let count = 0;
    let rows = 0;
    for (const batch of this.lessons.validation(VALIDATION_ROWS)) {
      signal?.throwIfAborted();
      if (count++ >= batches) break;
      rows += batch.rows;
      const uploaded = this.upload([batch]);
      const result = this.measure(uploaded.tokens, uploaded.targets);
      const data = result.data();
      data.catch(() => undefined); // told where it is awaited
      pending.push(data);
      result.dispose();
      dispose(uploaded);
      if (pending.length > 2) await collect();
    }
    while (pending.length > 0) await collect();
    const [loss, tokens, right] = sums;
    return { loss: loss / tokens, exactAccuracy: this.lessons.task === undefined ? undefined : right / rows };
  }

  /**
   * Text after `prompt`, piece by piece, by the model itself or by `generator`, whose model is one like it. A prompt
   * longer than the context is read from where the context begins.
   * Throws UsageError for an empty prompt, or one that the tokenizer cannot read.
   */
  async *sample(
    prompt: string,
    options: models.GenerateOptions = {},
    generator: models.TextGenerator = this.generator,
  ): AsyncGenerator<string> {
    const { tokenizer, modelContext, task } = this.lessons;
    const start = tokenizer.encode(prompt).slice(-modelContext);
    const stopTokens = task === undefined ? options.stopTokens : [...tokenizer.encode("\n")];
    const decoder = new TokenDecoder(tokenizer);
    for await (const tokens of generator.generate(start, { ...options, stopTokens })) {
      let text = "";
      for (const token of tokens) text += decoder.push(token);
      if (text.length > 0) yield text;
    }
    const rest = decoder.flush();
    if (rest.length > 0) yield rest;
  }

  /** Everything that goes on from here needs, as it is after all steps asked for so far. */
  async save(): Promise<TrainingState> {
    const step = this.done;
    const [model, optimizer, random] = await Promise.all([
      saveState(this.model),
      saveState({ stateDict: () => this.stepState() }),
      getRngState(this.engine),
    ]);
    return { step, model, optimizer, random };
  }

  /** Goes back, or on, to a state. Throws UsageError where it is of another model. */
  restore({ step, model, optimizer, random }: TrainingState): void {
    this.model.loadStateDict(model);
    const isOfScaler = ([name]: readonly [string, unknown]) => name.startsWith(SCALER);
    const entries = [...optimizer];
    this.optimizer.loadStateDict(new Map(entries.filter((entry) => !isOfScaler(entry))));
    const scaler = entries
      .filter(isOfScaler)
      .map(([name, value]) => [name.slice(SCALER.length), value] as const);
    if (scaler.length > 0) this.scaler?.loadStateDict(new Map(scaler));
    if (random !== undefined) setRngState(random, this.engine);
    this.done = step;
  }

  /** The name of what is first not finite in the next step; undefined where all is. The step is not made. */
  async firstNotFinite(): Promise<string | undefined> {
    for (const batch of this.batchesAt(this.done)) {
      const uploaded = this.upload([batch]);
      const found = await firstNotFinite(this.model, uploaded.tokens, uploaded.targets);
      dispose(uploaded);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Gives all memory back. */
  dispose(): void {
    for (const part of [this.trainStep, this.measure, this.generator, this.optimizer, this.model])
      part.dispose();
    this.scaler?.dispose();
  }

  /** What the optimizer keeps, and what the scaler does. */
  private stepState(): Map<string, Tensor> {
    const scaler = [...(this.scaler?.stateDict() ?? [])].map(
      ([name, value]) => [SCALER + name, value] as const,
    );
    return new Map([...this.optimizer.stateDict(), ...scaler]);
  }

  /** tokens and targets: i32 [accumulate, rows, context]. The mean loss, after one step on its gradient. */
  private compileParts(onProgress: (done: number, total: number) => void) {
    const { model, optimizer, scaler } = this;
    const gradientsOf = (loss: Tensor) => gradients(scaler?.scale(loss) ?? loss, optimizer.parameters);
    return compile(
      (tokens: Tensor, targets: Tensor): Tensor => {
        model.train();
        const parts = tokens.shape.length === 2 ? 1 : tokens.shape[0];
        // Part by part, so that what one part keeps for its gradient is gone before the next begins.
        const lossOf = (part: number) => model.loss(partOf(tokens, part), partOf(targets, part));
        let total = lossOf(0);
        let mean = gradientsOf(total).map((gradient) => div(gradient, parts));
        for (let part = 1; part < parts; part++) {
          const next = lossOf(part);
          total = add(total, next);
          mean = gradientsOf(next).map((gradient, index) => add(mean[index], div(gradient, parts)));
        }
        if (scaler === undefined) optimizer.applyGradients(mean);
        else {
          scaler.applyGradients(optimizer, mean);
          scaler.update();
        }
        return div(total, parts);
      },
      { engine: this.engine, onProgress },
    );
  }

  /** Of a batch: the sum of losses, the targets that count, and the rows that are right throughout. */
  private compileMeasure() {
    const { model } = this;
    return compile(
      (tokens: Tensor, targets: Tensor): Tensor => {
        model.eval();
        const logits = model.forward(tokens);
        const counts = cast(notEqual(targets, IGNORED), "f32");
        const wrong = mul(counts, cast(notEqual(argmax(logits, { axis: 2 }), targets), "f32"));
        const right = sum(cast(equal(sum(wrong, { axis: 1 }), 0), "f32"));
        const count = sum(counts);
        const loss = mul(model.loss(tokens, targets), count);
        return concat([loss, count, right].map((value) => reshape(value, [1])));
      },
      { engine: this.engine },
    );
  }

  private batchesAt(step: number): Batch[] {
    const { accumulate } = this.settings;
    return Array.from({ length: accumulate }, (_, part) => this.lessons.batchAt(step * accumulate + part));
  }

  private upload(batches: readonly Batch[]): Uploaded {
    const { engine } = this;
    const [{ rows, tokens }] = batches;
    const batch = [rows, tokens.length / rows];
    const shape = batches.length === 1 ? batch : [batches.length, ...batch];
    const join = (name: "tokens" | "targets") => {
      const data = new Int32Array(batches.length * tokens.length);
      batches.forEach((part, index) => {
        data.set(part[name], index * tokens.length);
      });
      return tensor(data, shape, { engine });
    };
    return { tokens: join("tokens"), targets: join("targets") };
  }
}

/** i32 [rows, context] each; several batches are [batches, rows, context]. */
interface Uploaded {
  readonly tokens: Tensor;
  readonly targets: Tensor;
}

function dispose({ tokens, targets }: Uploaded): void {
  tokens.dispose();
  targets.dispose();
}

/** Batch `part` of [batches, rows, context], or the only one. */
function partOf(all: Tensor, part: number): Tensor {
  if (all.shape.length === 2) return all;
  return reshape(slice(all, { starts: [part], ends: [part + 1] }), all.shape.slice(1));
}
