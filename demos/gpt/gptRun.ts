// One run in the worker: training, what is looked at on the way, and what is kept of it.
//
// Decides: when validation, samples and saving are due, and what is reported how often. Leaves to others: what a step is
// (gptTraining.ts), the GPU, and where files go.

import { type Engine, type Tensor, type tasks, UsageError } from "../../src/index.ts";
import { adapterNameOf } from "../shared/adapter.ts";
import type { CurvePoint } from "../shared/curve.ts";
import { writeCheckpoint } from "./checkpoint.ts";
import type { GptTraining } from "./gptTraining.ts";
import { endInspection, inspect } from "./inspect/inspect.ts";
import type { InspectReply, InspectRequest } from "./inspect/inspectTypes.ts";
import type { ReadyReport, RunReport, WriteOptions, WritingEnd } from "./protocol.ts";
import type { RunConfig } from "./runConfig.ts";
import { HISTORY_FILE, type HistoryRecorder, historyBytes } from "./runHistory.ts";
import { isSampleDue, Sampler } from "./sampler.ts";
import { Scribe } from "./scribe.ts";
import { StepClock } from "./stepClock.ts";

/** The file of a saved run that has the text it learns. */
export const TEXT_FILE = "text.txt";

const REPORT_EVERY_MS = 100;
/** A speed is told from so many tokens on. */
const LEAST_TIMED_TOKENS = 16;
const KEEP_EVERY_MS = 15_000;
/** Keeping a run takes at most this share of the time. */
const KEEPING_SHARE = 0.05;

/** How much is looked at on the way; a software adapter would do little else. */
interface Looks {
  readonly everySteps: number;
  readonly batches: number;
  readonly sampleTokens: number;
  /** Losses that may be on their way. */
  readonly runAhead: number;
}

const hardwareLooks: Looks = { everySteps: 50, batches: 12, sampleTokens: 220, runAhead: 4 };
const softwareLooks: Looks = { everySteps: 50, batches: 2, sampleTokens: 120, runAhead: 0 };

export interface RunOptions {
  readonly training: GptTraining;
  readonly config: RunConfig;
  /** The text, to be kept with the run where it is the visitor's own. */
  readonly text: string;
  readonly history: HistoryRecorder;
  readonly tell: (report: RunReport) => void;
  /** Something failed that nobody waits for. */
  readonly onFailure: (error: unknown) => void;
  /** Keeps the files of the run. */
  readonly keep: (config: RunConfig, files: Map<string, Uint8Array>) => Promise<void>;
}

/** A run that has been prepared. */
export class GptRun {
  private readonly options: RunOptions;
  private readonly training: GptTraining;
  private readonly engine: Engine;
  private readonly looks: Looks;
  private readonly sampler: Sampler;
  private readonly writer: Scribe;
  private readonly clock = new StepClock();
  private readonly ending = new AbortController();
  private readonly pending: { readonly step: number; readonly loss: Promise<number> }[] = [];
  private config: RunConfig;
  private losses: CurvePoint[] = [];
  private writing: { readonly abort: AbortController; readonly done: Promise<void> } | undefined;
  private keeping: Promise<void> | undefined;
  private lastReportMs = 0;
  private keepAtMs = performance.now() + KEEP_EVERY_MS;
  private isKept = true;
  private isResting = true;

  constructor(options: RunOptions) {
    this.options = options;
    this.training = options.training;
    this.engine = options.training.engine;
    this.config = options.config;
    this.looks = this.engine.adapter.isSoftware ? softwareLooks : hardwareLooks;
    this.sampler = new Sampler({
      training: this.training,
      maxTokens: this.looks.sampleTokens,
      tell: (report) => this.tell(report),
      onSample: (sample) => {
        options.history.addSample(sample);
        this.isKept = false;
        if (this.isResting) void this.keep();
      },
    });
    this.writer = new Scribe(this.training);
  }

  get currentConfig(): RunConfig {
    return this.config;
  }

  get step(): number {
    return this.training.step;
  }

  get isEnded(): boolean {
    return this.ending.signal.aborted;
  }

  /** What the page wants to know about the run. */
  describe(notice: string): ReadyReport {
    const { training, engine } = this;
    const { tokenizer, prompts, passage } = training.lessons;
    return {
      adapterName: adapterNameOf(engine.adapter),
      isSoftware: engine.adapter.isSoftware,
      config: this.config,
      step: training.step,
      vocabularySize: tokenizer.vocabularySize,
      characterCount: this.options.text.length,
      parameterCount: training.parameterCount,
      tokensPerStep: training.tokensPerStep,
      dispatchesPerStep: training.plan?.dispatches.length ?? 0,
      prompts,
      passage,
      notice,
      history: this.options.history.all,
    };
  }

  /** Begins the sample and the validation that are due where the run stands. */
  async begin(): Promise<void> {
    await this.unlessEnded(() => this.lookWhereDue());
  }

  /** Takes effect at the next step. */
  setLearningRate(value: number): void {
    this.config = { ...this.config, learningRate: value };
    const { training } = this;
    training.settings = { ...training.settings, learningRate: value, finalLearningRate: value };
  }

  /** Trains one step, and looks where it is time to. Returns early when the run is ended meanwhile. */
  async advance(): Promise<void> {
    await this.unlessEnded(async () => {
      this.clock.go();
      this.isResting = false;
      this.isKept = false;
      const loss = numberOf(this.training.advance());
      this.pending.push({ step: this.training.step, loss });
      if (this.pending.length > this.looks.runAhead) await this.collect();
      await this.lookWhereDue();
      if (performance.now() - this.lastReportMs >= REPORT_EVERY_MS) this.report();
      if (performance.now() >= this.keepAtMs && this.keeping === undefined) void this.keep();
    });
  }

  /** Waits for what is on its way, and tells where training stands: nobody asks for steps for now. */
  async rest(): Promise<void> {
    await this.unlessEnded(async () => {
      await this.collectAll();
      this.clock.stop();
      this.isResting = true;
      this.report();
      void this.keep();
    });
  }

  /** Goes on with a prompt. Ends what is being written; resolves when this is written, or was ended. */
  async write(
    prompt: string,
    { maxTokens, temperature, topK, topP }: WriteOptions,
    onText: (text: string) => void,
  ): Promise<WritingEnd> {
    await this.stopWriting();
    const abort = new AbortController();
    const options = { maxTokens, temperature, topK, topP, readEvery: 2, signal: abort.signal };
    let startMs = 0;
    let first = "";
    let later = "";
    let fault: string | undefined;
    const write = async () => {
      this.writer.copy();
      for await (const piece of this.writer.write(prompt, options)) {
        // The first piece comes after compiling; the rate is that of the others.
        if (startMs === 0) {
          startMs = performance.now();
          first = piece;
        } else later += piece;
        onText(piece);
      }
    };
    const done = write().catch((error) => {
      if (abort.signal.aborted) return;
      if (!(error instanceof UsageError)) throw error;
      fault = this.faultOf(prompt, error);
    });
    this.writing = { abort, done: done.catch(() => undefined) };
    await done;
    if (fault !== undefined) return { tokensPerSecond: 0, fault };
    const { task, tokenizer } = this.training.lessons;
    const tokens = later === "" ? 0 : tokenizer.encode(later).length;
    const tookMs = performance.now() - startMs;
    const tokensPerSecond = tokens < LEAST_TIMED_TOKENS ? 0 : (1000 * tokens) / tookMs;
    const remark = task === undefined ? undefined : remarkOn(task, prompt, first + later);
    return { tokensPerSecond, ...(remark === undefined ? {} : { remark }) };
  }

  async stopWriting(): Promise<void> {
    this.writing?.abort.abort();
    await this.writing?.done;
  }

  /** Looks inside the model. */
  async inspect(request: InspectRequest): Promise<InspectReply> {
    try {
      return await inspect(this.training.model, this.training.lessons.tokenizer, request);
    } catch (error) {
      if (this.isEnded || error instanceof UsageError) {
        return { kind: "refused", reason: error instanceof Error ? error.message : String(error) };
      }
      throw error;
    }
  }

  /** The files of the run as it is now. */
  async files(): Promise<Map<string, Uint8Array>> {
    const checkpoint = writeCheckpoint(this.training);
    const history = historyBytes(this.options.history.all);
    const files = new Map<string, Uint8Array>([...(await checkpoint), [HISTORY_FILE, history]]);
    if (this.config.text.kind === "file") files.set(TEXT_FILE, new TextEncoder().encode(this.options.text));
    return files;
  }

  /** Ends the run and gives its memory back. */
  async end(): Promise<void> {
    this.ending.abort();
    await Promise.allSettled([this.stopWriting(), this.sampler.end(), this.keeping, this.collectAll()]);
    endInspection(this.training.model);
    this.writer.dispose();
    this.training.dispose();
  }

  /** Keeps the run in the browser, if something has changed: now, or once that is done which is under way. */
  private async keep(): Promise<void> {
    await this.keeping;
    const { step } = this.training;
    if (step === 0 || this.isKept || this.keeping !== undefined || this.isEnded) return;
    this.isKept = true;
    const startMs = performance.now();
    this.keeping = this.files()
      .then((files) => this.options.keep(this.config, files))
      .then(
        () => this.tell({ kind: "kept", step }),
        (error) => this.tellKeepingFault(step, error),
      )
      .finally(() => {
        this.keeping = undefined;
        const tookMs = performance.now() - startMs;
        this.keepAtMs = performance.now() + Math.max(KEEP_EVERY_MS, tookMs / KEEPING_SHARE);
      });
    return this.keeping;
  }

  private tellKeepingFault(step: number, error: unknown): void {
    const fault = error instanceof Error ? error.message : String(error);
    if (!this.isEnded) this.tell({ kind: "kept", step, fault });
  }

  private async lookWhereDue(): Promise<void> {
    const { step } = this.training;
    const { history } = this.options;
    const isSample = isSampleDue(step) && !history.hasSampleAt(step);
    const isValidation = step % this.looks.everySteps === 0;
    if (!isSample && !isValidation) return;
    await this.collectAll();
    if (isSample) await this.sampler.begin(step, history.recentLoss, this.options.onFailure);
    if (isValidation && !history.all.validations.some((point) => point.step === step))
      await this.validate(step);
    this.clock.skip();
  }

  private async validate(step: number): Promise<void> {
    const found = await this.training.validate(this.looks.batches, this.ending.signal);
    if (this.isEnded) return;
    const point = { step, ...found };
    this.options.history.addValidation(point);
    this.tell({ kind: "validated", ...point });
  }

  /** The oldest loss that is on its way. */
  private async collect(): Promise<void> {
    const oldest = this.pending.shift();
    if (oldest === undefined) return;
    const point = { step: oldest.step, value: await oldest.loss };
    this.clock.count();
    this.losses.push(point);
    this.options.history.addLoss(point);
  }

  private async collectAll(): Promise<void> {
    while (this.pending.length > 0) await this.collect();
  }

  private report(): void {
    const { training, clock, losses } = this;
    if (this.isEnded) return;
    this.losses = [];
    this.lastReportMs = performance.now();
    const { liveBytes, peakBytes } = this.engine.memory();
    const { stepMs } = clock;
    const stepsPerSecond = stepMs > 0 ? 1000 / stepMs : 0;
    const speeds = { stepMs, stepsPerSecond, tokensPerSecond: stepsPerSecond * training.tokensPerStep };
    const step = training.step - this.pending.length;
    this.tell({ kind: "progress", step, losses, ...speeds, liveBytes, peakBytes });
  }

  private tell(report: RunReport): void {
    if (!this.isEnded) this.options.tell(report);
  }

  private async unlessEnded(work: () => Promise<void>): Promise<void> {
    try {
      if (!this.isEnded) await work();
    } catch (error) {
      if (!this.isEnded) throw error;
    }
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

function numberOf(loss: Tensor): Promise<number> {
  const value = loss.item();
  value.catch(() => undefined); // told where it is awaited
  loss.dispose();
  return value;
}
