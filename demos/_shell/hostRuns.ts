// The worker of a page: holds the GPU, and does what the page asks for.
//
// Decides: in which order messages, steps and starts happen, and what a failure becomes. Leaves to hostedRun.ts what a
// run does, to beginning.ts what it begins with, and to the page's own files what is trained.

import { DeviceError, type Engine, init, UsageError } from "../../src/index.ts";
import { type Beginning, beginningOf, type KeptRun, type RunKind, readRun } from "./beginning.ts";
import { HostedRun } from "./hostedRun.ts";
import type { FromWorker, PageTypes, RunStart, ToWorker } from "./messages.ts";
import { HistoryRecorder } from "./runHistory.ts";
import { RunStore } from "./runStore.ts";
import type { Trainer } from "./trainer.ts";

type Start<P extends PageTypes> = Extract<ToWorker<P>, { kind: "start" }>;
type Loading = (text: string, done?: number, total?: number) => void;

/** What was read from the visitor's files. */
export type ReadFiles<P extends PageTypes, State> =
  | { readonly kind: "run"; readonly run: KeptRun<P, State> }
  /** Something else, that runs are made of from now on; they begin anew with these settings. */
  | {
      readonly kind: "material";
      readonly change: Partial<P["Config"]>;
      readonly from?: RunStart;
      /** Something to tell the visitor about it. */
      readonly notice?: string;
    };

export interface MakeRequest<P extends PageTypes, State> extends Beginning<P, State> {
  readonly engine: Engine;
  readonly from: RunStart;
  readonly onLoading: Loading;
}

/** What a run is going to train. */
export interface Made<P extends PageTypes, State> {
  readonly trainer: Trainer<P, State>;
  /** Told to the visitor in the place of what the beginning tells. */
  readonly notice?: string;
  /** Whether the saved run is not gone on with after all. */
  readonly isAnew?: boolean;
}

/** What a page adds to the worker. */
export interface HostSpec<P extends PageTypes, State> extends RunKind<P, State> {
  /** What its files are called: "gan2d". */
  readonly name: string;
  /** Makes what is trained, with every pipeline of a step. Throws UsageError where it cannot be. */
  make(request: MakeRequest<P, State>): Promise<Made<P, State>>;
  /** Reads what the visitor dropped; undefined where it is no more than a saved run. Throws UsageError. */
  readFiles?(files: readonly File[]): Promise<ReadFiles<P, State> | undefined>;
}

/** Answers to the page from now on. */
export function hostRuns<P extends PageTypes, State>(spec: HostSpec<P, State>): void {
  const host = new Host(spec);
  addEventListener("message", ({ data }: MessageEvent<ToWorker<P>>) => host.receive(data));
}

class Host<P extends PageTypes, State> {
  private readonly spec: HostSpec<P, State>;
  private readonly store: RunStore;
  private engine: Engine | undefined;
  private current: HostedRun<P> | undefined;
  private file: KeptRun<P, State> | undefined;
  /** To be told with the next run. */
  private fileNotice = "";
  private isRunning = false;
  private turns: { readonly turn: P["Turn"] | undefined }[] = [];
  private stepping: Promise<void> | undefined;
  /** Starts happen one after the other; of several that wait only the last one. */
  private starting: Promise<void> = Promise.resolve();
  private latestStart = 0;
  private isStarting = false;

  constructor(spec: HostSpec<P, State>) {
    this.spec = spec;
    this.store = new RunStore(`${spec.name}-runs`);
  }

  receive(message: ToWorker<P>): void {
    const { current } = this;
    switch (message.kind) {
      case "start":
        this.isRunning = message.isRunning;
        this.latestStart = message.run;
        this.starting = this.starting.then(() => this.start(message));
        this.guard(this.starting);
        break;
      case "play":
        this.isRunning = true;
        this.takeSteps();
        break;
      case "pause":
        this.isRunning = false;
        break;
      case "step":
        this.turns.push({ turn: message.turn });
        this.takeSteps();
        break;
      case "live":
        current?.setLive(message.change);
        break;
      case "command":
        if (current !== undefined) this.guard(current.command(message.command));
        break;
      case "files":
        this.guard(this.take(message.files));
        break;
      case "save":
        if (current !== undefined) this.guard(this.save(current));
    }
  }

  private async start({ run: number, config: wanted, from }: Start<P>): Promise<void> {
    if (number !== this.latestStart) return;
    this.isStarting = true;
    await this.stepping;
    this.turns = [];
    try {
      const loading: Loading = (text, done = 0, total = 1) =>
        this.post({ kind: "loading", run: number, text, done, total });
      const { run, notice } = await this.open(number, wanted, from, loading);
      const previous = this.current;
      this.current = run;
      await previous?.end();
      this.post({ kind: "ready", run: number, ...run.describe(notice) });
      await run.begin();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.refuse(error);
    } finally {
      this.isStarting = false;
    }
    this.takeSteps();
  }

  private async open(number: number, wanted: Partial<P["Config"]>, from: RunStart, onLoading: Loading) {
    const { spec, store, file } = this;
    onLoading("Getting the GPU ready …");
    const engine = await this.openEngine();
    const { isSoftware } = engine.adapter;
    const beginning = await beginningOf({ kind: spec, store, wanted, from, isSoftware, file });
    const made = await spec.make({ ...beginning, engine, from, onLoading });
    const run = new HostedRun<P>({
      trainer: made.trainer,
      history: new HistoryRecorder(made.isAnew ? undefined : beginning.history),
      tell: (report, transfer) => this.post({ ...report, run: number }, transfer),
      onFailure: (error) => this.fail(error),
      keep: (config, bytes) => store.keep(spec.keyOf(config), bytes),
    });
    const notice = made.notice ?? (this.fileNotice || beginning.notice);
    this.fileNotice = "";
    return { run, notice };
  }

  private async openEngine(): Promise<Engine> {
    if (this.engine === undefined) {
      this.engine = await init({ powerPreference: "high-performance" });
      void this.engine.device.lost.then(({ message }) => this.fail(new DeviceError("lost", message)));
    }
    return this.engine;
  }

  /** Takes steps while any are wanted. Each waits for the GPU, and messages come in meanwhile. */
  private takeSteps(): void {
    const { current } = this;
    if (this.stepping !== undefined || this.isStarting || current === undefined || !this.isWanted) return;
    this.stepping = this.loop(current).finally(() => {
      this.stepping = undefined;
      this.takeSteps();
    });
    this.guard(this.stepping);
  }

  private async loop(run: HostedRun<P>): Promise<void> {
    const wasRunning = this.isRunning;
    while (!this.isStarting && this.isWanted) {
      const single = this.turns.shift();
      const canGoOn = single === undefined ? await run.advance() : await run.turn(single.turn);
      if (canGoOn) continue;
      this.isRunning = false;
      this.turns = [];
    }
    if (wasRunning) await run.rest();
  }

  private get isWanted(): boolean {
    return this.isRunning || this.turns.length > 0;
  }

  /** Reads what the visitor dropped. */
  private async take(files: readonly File[]): Promise<void> {
    try {
      const read = (await this.spec.readFiles?.(files)) ?? (await this.readSaved(files));
      this.file = read.kind === "run" ? read.run : undefined;
      this.fileNotice = read.kind === "run" ? "" : (read.notice ?? "");
      const change = read.kind === "run" ? read.run.config : read.change;
      const from = read.kind === "run" ? "file" : (read.from ?? "beginning");
      this.post({ kind: "filesRead", change, from });
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.refuse(error);
    }
  }

  private async readSaved([file]: readonly File[]): Promise<ReadFiles<P, State>> {
    const bytes = new Uint8Array(await file.arrayBuffer());
    return { kind: "run", run: await readRun(this.spec, bytes, file.name) };
  }

  private async save(run: HostedRun<P>): Promise<void> {
    const { step } = run;
    const bytes = await run.file();
    this.post({ kind: "saved", name: `${this.spec.name}-step-${step}.zip`, bytes }, [bytes.buffer]);
  }

  private post(message: FromWorker<P>, transfer: Transferable[] = []): void {
    postMessage(message, { transfer });
  }

  /** Says what cannot be; the run that is under way goes on. */
  private refuse(error: UsageError): void {
    const [text] = error.message.split("\n");
    // The visitor did not call a function.
    const plain = text.replace(/^([A-Z]\w+(\.\w+)?|settings): /, "");
    const message = plain === text ? text : plain.charAt(0).toUpperCase() + plain.slice(1);
    this.post({ kind: "refused", message, config: this.current?.config });
  }

  /** Tells the page when `work` fails. */
  private guard(work: Promise<void>): void {
    work.catch((error) => this.fail(error));
  }

  private fail(error: unknown): void {
    this.isRunning = false;
    this.turns = [];
    const reason = error instanceof DeviceError ? error.reason : "other";
    const message = error instanceof Error ? error.message : String(error);
    this.post({ kind: "failed", reason, message });
  }
}
