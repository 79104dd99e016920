// One run in a worker: training, what is looked at on the way, and what is kept of it.
//
// Decides: when looks and saving are due, what is reported how often, and what becomes of a run whose losses are no
// numbers any more. Leaves to others: what a step is (the page's trainer), the GPU, and where files go.

import type { Engine } from "../../src/index.ts";
import { adapterNameOf } from "./adapter.ts";
import type { CurvePoint } from "./curve.ts";
import type { PageTypes, ReadyReport, RunReport } from "./messages.ts";
import { numbersOf } from "./numbersOf.ts";
import { HISTORY_FILE, type HistoryRecorder, historyBytes } from "./runHistory.ts";
import { StepClock } from "./stepClock.ts";
import type { Looks, RunContext, Trainer } from "./trainer.ts";
import { writeZip } from "./zip.ts";

const REPORT_EVERY_MS = 100;
const KEEP_EVERY_MS = 15_000;
/** Keeping a run takes at most this share of the time. */
const KEEPING_SHARE = 0.05;
/** A step is timed on the GPU so often, where the device can. */
const TIME_EVERY_MS = 5_000;
/** Losses that may be on their way. */
const RUN_AHEAD = { hardware: 4, software: 0 };

interface PendingLosses {
  readonly step: number;
  readonly names: readonly string[];
  readonly values: Promise<ArrayLike<number>>;
}

export interface HostedRunOptions<P extends PageTypes> {
  readonly trainer: Trainer<P>;
  readonly history: HistoryRecorder<P["Sample"]>;
  readonly tell: (report: RunReport<P>, transfer?: Transferable[]) => void;
  /** Something failed that nobody waits for. */
  readonly onFailure: (error: unknown) => void;
  /** Keeps the run as one file. */
  readonly keep: (config: P["Config"], bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
}

/** A run that has been prepared. */
export class HostedRun<P extends PageTypes> {
  private readonly options: HostedRunOptions<P>;
  private readonly trainer: Trainer<P>;
  private readonly engine: Engine;
  private readonly context: RunContext<P>;
  private readonly looks: Looks<P>;
  private readonly runAhead: number;
  private readonly clock = new StepClock();
  private readonly ending = new AbortController();
  private readonly pending: PendingLosses[] = [];
  private points: Record<string, CurvePoint[]> = {};
  private lookMs = 0;
  private lastLookMs = 0;
  private lastReportMs = 0;
  private timedMs = 0;
  private gpuMs: number | undefined;
  private keepAtMs = performance.now() + KEEP_EVERY_MS;
  private keeping: Promise<void> | undefined;
  private good: { readonly state: unknown } | undefined;
  private isKept = true;
  private isResting = true;

  constructor(options: HostedRunOptions<P>) {
    this.options = options;
    this.trainer = options.trainer;
    this.engine = options.trainer.engine;
    this.runAhead = this.engine.adapter.isSoftware ? RUN_AHEAD.software : RUN_AHEAD.hardware;
    this.context = this.contextFor(options);
    this.looks = this.trainer.looks(this.context);
  }

  get config(): P["Config"] {
    return this.trainer.config;
  }

  get step(): number {
    return this.trainer.step;
  }

  /** What the page wants to know about the run. */
  describe(notice: string): ReadyReport<P> {
    const { trainer, engine } = this;
    return {
      adapterName: adapterNameOf(engine.adapter),
      isSoftware: engine.adapter.isSoftware,
      config: trainer.config,
      step: trainer.step,
      parameterCount: trainer.parameterCount,
      dispatchesPerStep: trainer.dispatchesPerStep,
      notice,
      history: this.options.history.all,
      own: trainer.own,
    };
  }

  /** Looks at where the run stands, and remembers it. */
  async begin(): Promise<void> {
    await this.unlessEnded(async () => {
      this.good = { state: await this.trainer.save() };
      await this.lookInTime();
      await this.lookAtStep();
      this.report();
    });
  }

  setLive(change: Partial<P["Config"]>): void {
    this.trainer.setLive(change);
    this.isKept = false;
  }

  async command(command: P["Command"]): Promise<void> {
    await this.unlessEnded(async () => this.trainer.command?.(command, this.context));
  }

  /** Trains one step, and looks where it is time to. Gives whether training can go on. */
  async advance(): Promise<boolean> {
    return this.unlessEnded(async () => {
      this.clock.go();
      if (this.isTimingDue()) await this.askTimed();
      else this.ask();
      if (this.pending.length > this.runAhead && !(await this.collect())) return false;
      if (!(await this.lookAtStep())) return false;
      const nowMs = performance.now();
      const { inTime } = this.looks;
      if (inTime && nowMs - this.lastLookMs >= Math.max(inTime.everyMs, this.lookMs / inTime.share)) {
        await this.lookInTime();
      }
      if (nowMs - this.lastReportMs >= REPORT_EVERY_MS) this.report();
      if (nowMs >= this.keepAtMs && this.keeping === undefined) void this.keep();
      return true;
    });
  }

  /** One step by itself, and a look at what it did. Gives whether training can go on. */
  async turn(turn: P["Turn"] | undefined): Promise<boolean> {
    return this.unlessEnded(async () => {
      this.ask(turn);
      const isSound = await this.collectAll();
      await this.lookInTime(turn);
      const canGoOn = isSound && (await this.lookAtStep());
      this.isResting = true;
      this.report();
      return canGoOn;
    });
  }

  /** Waits for what is on its way, and tells where training stands: nobody asks for steps for now. */
  async rest(): Promise<void> {
    await this.unlessEnded(async () => {
      const canGoOn = await this.collectAll();
      this.clock.stop();
      this.isResting = true;
      await this.lookInTime();
      this.report();
      if (canGoOn) void this.keep();
    });
  }

  /** The run as one file, as it is now. */
  async file(): Promise<Uint8Array<ArrayBuffer>> {
    return this.zip(await this.trainer.save());
  }

  /** Ends the run and gives its memory back. */
  async end(): Promise<void> {
    this.ending.abort();
    await Promise.allSettled([this.keeping, ...this.pending.map(({ values }) => values)]);
    await this.trainer.end();
  }

  private contextFor({ history, onFailure }: HostedRunOptions<P>): RunContext<P> {
    return {
      history,
      signal: this.ending.signal,
      tell: (event, transfer) => this.tell({ kind: "event", event }, transfer),
      addPoint: (name, value) => this.addPoint(name, { step: this.step, value }),
      addSample: (sample) => {
        history.addSample(sample);
        this.tell({ kind: "sample", sample });
        this.isKept = false;
        if (this.isResting) void this.keep();
      },
      fail: (error) => {
        if (!this.isEnded) onFailure(error);
      },
    };
  }

  private get isEnded(): boolean {
    return this.ending.signal.aborted;
  }

  private ask(turn?: P["Turn"]): void {
    this.isResting = false;
    this.isKept = false;
    const values = numbersOf(this.trainer.advance(turn));
    this.pending.push({ step: this.step, names: this.trainer.lossNames(turn), values });
  }

  private isTimingDue(): boolean {
    const { device } = this.engine;
    return device.features.has("timestamp-query") && performance.now() - this.timedMs >= TIME_EVERY_MS;
  }

  /** A step of which the GPU says how long it took, dispatch by dispatch. */
  private async askTimed(): Promise<void> {
    this.timedMs = performance.now();
    const entries = await this.engine.profile(async () => this.ask());
    this.gpuMs = entries.reduce((sum, { timeMs }) => sum + timeMs, 0);
    this.clock.skip();
  }

  /** The oldest losses that are on their way. Gives whether training can go on. */
  private async collect(): Promise<boolean> {
    const oldest = this.pending.shift();
    if (oldest === undefined) return true;
    const { step, names } = oldest;
    const values = Array.from(await oldest.values);
    if (!values.every(Number.isFinite)) {
      await this.break(step);
      return false;
    }
    this.clock.count();
    names.forEach((name, index) => {
      this.addPoint(name, { step, value: values[index] });
    });
    return true;
  }

  private async collectAll(): Promise<boolean> {
    while (this.pending.length > 0) if (!(await this.collect())) return false;
    return true;
  }

  private addPoint(name: string, point: CurvePoint): void {
    this.options.history.add(name, point);
    const points = this.points[name] ?? [];
    points.push(point);
    this.points[name] = points;
  }

  /** Goes back to where all was well. */
  private async break(step: number): Promise<void> {
    await Promise.allSettled(this.pending.map(({ values }) => values));
    this.pending.length = 0;
    const { good } = this;
    const where = good === undefined ? "a loss" : await this.trainer.findBroken(good.state, step);
    if (good !== undefined) this.trainer.restore(good.state);
    this.isKept = true;
    this.tell({ kind: "broken", step, where, backTo: this.step });
  }

  /** Makes the looks that are this step's. Gives whether training can go on. */
  private async lookAtStep(): Promise<boolean> {
    const due = this.looks.atSteps.filter(({ isDue }) => isDue(this.step));
    if (due.length === 0) return true;
    if (!(await this.collectAll())) return false;
    for (const { look } of due) if (!this.isEnded) await look();
    this.clock.skip();
    return true;
  }

  private async lookInTime(turn?: P["Turn"]): Promise<void> {
    const { inTime } = this.looks;
    if (inTime === undefined) return;
    const startMs = performance.now();
    await inTime.look(turn);
    this.lastLookMs = performance.now();
    this.lookMs = this.lastLookMs - startMs;
    this.clock.skip();
  }

  /** Keeps the run in the browser, if something has changed: now, or once that is done which is under way. */
  private async keep(): Promise<void> {
    await this.keeping;
    const { step } = this;
    if (step === 0 || this.isKept || this.keeping !== undefined || this.isEnded) return;
    this.isKept = true;
    const startMs = performance.now();
    this.keeping = this.keepNow()
      .then(() => this.tell({ kind: "kept", step }))
      .catch((error) => {
        const fault = error instanceof Error ? error.message : String(error);
        this.tell({ kind: "kept", step, fault });
      })
      .finally(() => {
        this.keeping = undefined;
        const tookMs = performance.now() - startMs;
        this.keepAtMs = performance.now() + Math.max(KEEP_EVERY_MS, tookMs / KEEPING_SHARE);
      });
    return this.keeping;
  }

  private async keepNow(): Promise<void> {
    const state = await this.trainer.save();
    // The losses will tell.
    if (!this.trainer.isSound(state)) return;
    this.good = { state };
    await this.options.keep(this.config, this.zip(state));
  }

  private zip(state: unknown): Uint8Array<ArrayBuffer> {
    const history: [string, Uint8Array] = [HISTORY_FILE, historyBytes(this.options.history.all)];
    return writeZip(new Map([...this.trainer.filesOf(state), history]));
  }

  private report(): void {
    const { clock, isResting, points, trainer } = this;
    this.points = {};
    this.lastReportMs = performance.now();
    const { liveBytes, peakBytes } = this.engine.memory();
    const { stepMs } = clock;
    const stepsPerSecond = stepMs > 0 ? 1000 / stepMs : 0;
    const speeds = { stepMs, stepsPerSecond, itemsPerSecond: stepsPerSecond * trainer.itemsPerStep };
    const step = this.step - this.pending.length;
    const costs = { gpuMs: this.gpuMs, liveBytes, peakBytes };
    this.tell({ kind: "progress", step, isResting, points, ...speeds, ...costs });
  }

  private tell(report: RunReport<P>, transfer?: Transferable[]): void {
    if (!this.isEnded) this.options.tell(report, transfer);
  }

  /** Gives whether training can go on. What fails because the run has ended is no failure. */
  private async unlessEnded(work: () => Promise<unknown>): Promise<boolean> {
    try {
      if (!this.isEnded) return (await work()) !== false;
    } catch (error) {
      if (!this.isEnded) throw error;
    }
    return false;
  }
}
