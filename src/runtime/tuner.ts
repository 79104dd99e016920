// Times candidates on the device, in the background, and says which is the fastest.
//
// Decides: when there is time for that, on what memory, and what is given up. A measurement is one submit of a few
// milliseconds, made while no step waits and the GPU has nothing else to do; where it always has, but has a clock of
// its own, between two steps every few seconds. Leaves to others: what is timed (compile/trials.ts), how often
// (pickFastest.ts), and what becomes of the result (api/backgroundTuning.ts).

import type { Trial } from "../compile/trials.ts";
import { createInstance, createUniforms, type Instance } from "./instance.ts";
import { pickFastest, type TimeRuns } from "./pickFastest.ts";
import { PipelineCache } from "./pipelines.ts";
import type { Runtime } from "./runtime.ts";
import { Stopwatch } from "./stopwatch.ts";
import { BUFFER_USAGE } from "./usage.ts";

/** Puts another clock in the place of the device's, for tests: told which candidate ran, how often, and its time. */
export type Clock = (key: string, name: string, repeats: number, timeMs: number) => number;

/** Memory for one trial, at most. */
const MOST_SCRATCH_BYTES = 256 * 2 ** 20;
/** Once pipelines of a trial took so long, those of its other candidates are not made. */
const MOST_PIPELINES_MS = 5000;
/** How often the GPU is looked at, and how long its never being idle is respected. */
const SHORT_PAUSE_MS = 5;
const LONG_PAUSE_MS = 250;
const PATIENCE_MS = 2000;

/** One candidate, ready to run. */
interface Runnable {
  readonly name: string;
  readonly instance: Instance;
}

/** Makes trials, one at a time, as long as the device is there. */
export class Tuner {
  private readonly runtime: Runtime;
  private readonly onFastest: (trial: Trial, name: string) => void;
  private readonly clock: Clock | undefined;
  private readonly waiting: Iterator<Trial>[] = [];
  private work: Promise<void> | undefined;
  private isStopped = false;

  /** `onFastest` is told of each trial that comes to an end, and which candidate was the fastest. */
  constructor(runtime: Runtime, onFastest: (trial: Trial, name: string) => void, clock?: Clock) {
    this.runtime = runtime;
    this.onFastest = onFastest;
    this.clock = clock;
  }

  /** Makes `trials` after those that were asked for earlier. */
  add(trials: Iterator<Trial>): void {
    if (this.isOver) return;
    this.waiting.push(trials);
    const done = () => {
      this.work = undefined;
    };
    this.work ??= this.workOff().then(done, done);
  }

  /** Resolves once nothing is left to be timed. */
  async finished(): Promise<void> {
    await this.work;
  }

  /** Ends all work after the measurement that runs now. */
  stop(): void {
    this.isStopped = true;
    this.waiting.length = 0;
  }

  private get isOver(): boolean {
    return this.isStopped || this.runtime.lost !== undefined;
  }

  private async workOff(): Promise<void> {
    await pause(SHORT_PAUSE_MS);
    if (this.isOver) return;
    const stopwatch = new Stopwatch(this.runtime.open.device);
    for (let trials = this.waiting.shift(); trials !== undefined; trials = this.waiting.shift()) {
      while (!this.isOver) {
        await this.turn(stopwatch);
        const next = trials.next();
        if (next.done) break;
        const fastest = await this.decide(next.value, stopwatch);
        if (fastest !== undefined) this.onFastest(next.value, fastest);
      }
    }
    stopwatch.destroy();
  }

  /** The name of the fastest candidate; undefined where that could not be found out. */
  private async decide(trial: Trial, stopwatch: Stopwatch): Promise<string | undefined> {
    const { device } = this.runtime.open;
    const buffers: GPUBuffer[] = [];
    device.pushErrorScope("validation");
    device.pushErrorScope("out-of-memory");
    // Scopes must be closed before anything is waited for: others make buffers meanwhile.
    const isMade = allocate(device, trial, buffers);
    const faults = [device.popErrorScope(), device.popErrorScope()];
    try {
      const found = await Promise.all(faults);
      if (!isMade || found.some((fault) => fault !== null)) return undefined;
      const runnables = await this.prepare(trial, buffers);
      if (runnables.length < 2 || runnables[0].name !== trial.candidates[0].name) return undefined;
      const time: TimeRuns = async (index, repeats) => {
        const { name, instance } = runnables[index];
        await this.turn(stopwatch);
        if (this.isOver) throw new Error("tuning was stopped");
        const timeMs = await stopwatch.time(instance, repeats);
        return this.clock === undefined ? timeMs : this.clock(trial.key, name, repeats, timeMs);
      };
      return runnables[await pickFastest(runnables.length, stopwatch.spanMs, time)].name;
    } catch {
      return undefined; // a lost device, or one that refuses a candidate: nothing depends on the result
    } finally {
      for (const buffer of buffers) buffer.destroy();
    }
  }

  /** The candidates whose pipelines could be made in time. `buffers` are all plans' buffers; uniforms are added. */
  private async prepare({ candidates }: Trial, buffers: GPUBuffer[]): Promise<Runnable[]> {
    const { device } = this.runtime.open;
    // A cache of its own: what lost is let go of.
    const pipelines = new PipelineCache(device);
    const scratch = [...buffers];
    const runnables: Runnable[] = [];
    const startMs = performance.now();
    for (const { name, plan } of candidates) {
      if (this.isOver || performance.now() - startMs > MOST_PIPELINES_MS) break;
      const ready = await pipelines.make(plan.shaders).catch(() => undefined);
      if (ready === undefined || this.isOver) continue;
      const uniforms = createUniforms(device, plan);
      buffers.push(uniforms);
      runnables.push({ name, instance: createInstance(device, plan, ready, scratch, uniforms) });
    }
    return runnables;
  }

  /** Waits for a moment in which a measurement keeps nobody waiting. */
  private async turn({ isExclusive }: Stopwatch): Promise<void> {
    const sinceMs = performance.now();
    let pauseMs = 0;
    while (!this.isOver && !this.runtime.isIdle) {
      const isPatient = performance.now() - sinceMs < PATIENCE_MS;
      if (!isPatient && isExclusive && !this.runtime.isBehind) return;
      await pause(pauseMs);
      pauseMs = Math.min(LONG_PAUSE_MS, 2 * Math.max(pauseMs, SHORT_PAUSE_MS));
    }
  }
}

/** Adds to `buffers` one for each buffer of the trial's plans, which take turns in them. False where they are too large. */
function allocate(device: GPUDevice, { candidates }: Trial, buffers: GPUBuffer[]): boolean {
  const sizes: number[] = [];
  for (const { plan } of candidates) {
    plan.buffers.forEach(({ sizeBytes }, index) => {
      sizes[index] = Math.max(sizes[index] ?? 0, sizeBytes);
    });
  }
  const total = sizes.reduce((sum, sizeBytes) => sum + sizeBytes, 0);
  if (total > MOST_SCRATCH_BYTES || sizes.some((size) => size > device.limits.maxBufferSize)) return false;
  for (const size of sizes) {
    buffers.push(device.createBuffer({ label: "tilegrad tuning", size, usage: BUFFER_USAGE.STORAGE }));
  }
  return true;
}

/** Lets everything else go first. Keeps no process of Node alive. */
function pause(timeMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer: unknown = setTimeout(resolve, timeMs);
    if (
      typeof timer === "object" &&
      timer !== null &&
      "unref" in timer &&
      typeof timer.unref === "function"
    ) {
      timer.unref();
    }
  });
}
