// The GPU side: runs plans, uploads, reads back, and knows when the device is gone. Sees Plans and bytes, never a Graph.

import { assertPresent } from "../base/assert.ts";
import { DeviceError } from "../base/errors.ts";
import { roundUp } from "../base/integers.ts";
import { cutIntoSubmits } from "../compile/compileGraph.ts";
import type { Plan } from "../compile/plan.ts";
import { createInstance, createUniforms, type Instance } from "./instance.ts";
import { JobQueue } from "./jobQueue.ts";
import type { OpenDevice } from "./openDevice.ts";
import { PipelineCache, type ReadyPipeline } from "./pipelines.ts";
import { type ProfileEntry, Profiler } from "./profiler.ts";
import { ReadbackPool } from "./readback.ts";
import { type Storage, StoragePool } from "./storage.ts";
import { copyOut, type Step, stepsOf, strideBytes, submitSteps } from "./submitSteps.ts";

/** A plan on its way to the GPU: pipelines, which may still be compiling, and uniforms. */
export interface PreparedPlan {
  readonly plan: Plan;
  readonly uniforms: GPUBuffer;
  /** Undefined until all are there. */
  pipelines: readonly ReadyPipeline[] | undefined;
  /** By `performance.now()`, when they were. */
  readyMs: number | undefined;
  readonly ready: Promise<unknown>;
}

/** A plan bound to buffers of its own, called again and again. */
export interface Program {
  readonly prepared: PreparedPlan;
  /** For each input of the plan, the storage that is bound for good, or undefined for an argument. */
  readonly fixed: readonly (Storage | undefined)[];
  instance: Instance | undefined;
  readonly owned: Storage[];
  /** The first launch of each submit, by how many steps a call makes. */
  readonly submitsOf: Map<number, readonly number[]>;
  /** How long the first call took, from the encoding to the end of its work; undefined until then. */
  firstRunMs: number | undefined;
}

/** Everything that touches one GPUDevice. */
export class Runtime {
  readonly open: OpenDevice;
  readonly pool: StoragePool;
  readonly pipelines: PipelineCache;
  /** Why the device is gone, once it is. */
  lost: DeviceError | undefined;
  private readonly queue: JobQueue;
  private readonly readback: ReadbackPool;
  private readonly profiler: Profiler;

  constructor(open: OpenDevice) {
    this.open = open;
    this.pool = new StoragePool(open.device);
    this.pipelines = new PipelineCache(open.device);
    this.queue = new JobQueue(open.device);
    this.readback = new ReadbackPool(open.device);
    this.profiler = new Profiler(open.device);
    void open.device.lost.then(({ reason, message }) =>
      this.close(`the GPU device was lost (${reason}: ${message})`),
    );
  }

  /** Submits made so far. */
  get submits(): number {
    return this.queue.submits;
  }

  /** Whether nothing is asked of the GPU. */
  get isIdle(): boolean {
    return this.queue.isIdle;
  }

  /** Whether a call waits for the GPU. */
  get isBehind(): boolean {
    return this.queue.isBehind;
  }

  /** Resolves once no call waits for the GPU. */
  hasRoom(): Promise<void> {
    return this.queue.hasRoom();
  }

  /** Starts making the plan's pipelines. */
  prepare(plan: Plan, onProgress?: (done: number, total: number) => void): PreparedPlan {
    this.requireDevice();
    const uniforms = createUniforms(this.open.device, plan);
    const found = this.pipelines.find(plan.shaders);
    if (found !== undefined) {
      return { plan, uniforms, pipelines: found, readyMs: performance.now(), ready: Promise.resolve() };
    }
    const ready = this.pipelines.make(plan.shaders, onProgress).then((pipelines) => {
      prepared.pipelines = pipelines;
      prepared.readyMs = performance.now();
    });
    ready.catch(() => undefined); // whoever calls the plan hears of it
    const prepared: PreparedPlan = { plan, uniforms, pipelines: undefined, readyMs: undefined, ready };
    return prepared;
  }

  /** Writes `bytes` into `storage` from byte `offset` on, in order with all other work. */
  upload(storage: Storage, bytes: Uint8Array<ArrayBuffer>, offset = 0): void {
    storage.retain();
    this.queue.add({
      ready: undefined,
      steps: 0,
      uploadBytes: bytes.byteLength,
      run: () => {
        this.open.device.queue.writeBuffer(storage.materialize(), offset, bytes);
        storage.release();
        return 0;
      },
      fail: (reason) => {
        storage.failure = reason;
        storage.release();
      },
    });
  }

  /** Runs a plan once on `inputs`, straight from and into their buffers. Returns its outputs. */
  runOnce(prepared: PreparedPlan, inputs: readonly Storage[], label: string): Storage[] {
    const { plan } = prepared;
    const outputs = plan.outputs.map(({ sizeBytes }) => this.pool.create(sizeBytes, label));
    this.call(prepared, inputs, outputs, 1, () => {
      const scratch: Storage[] = [];
      // Results that are one value, or parts of one, stand in one buffer: the first that is all of it owns it, the others
      // are copied.
      const owner = new Map<number, Storage>();
      plan.outputs.forEach(({ buffer, offset, sizeBytes }, index) => {
        const whole = plan.buffers[buffer];
        const isWhole = whole.input === undefined && whole.sizeBytes === sizeBytes && offset === 0;
        if (isWhole && !owner.has(buffer)) owner.set(buffer, outputs[index]);
      });
      const buffers = plan.buffers.map(({ input, sizeBytes }, index) => {
        const storage = input === undefined ? owner.get(index) : inputs[input];
        if (storage !== undefined) return storage.materialize();
        scratch.push(this.pool.create(sizeBytes, "scratch"));
        return scratch[scratch.length - 1].materialize();
      });
      const copiesOut = plan.outputs.flatMap((output, index) => {
        if (owner.get(output.buffer) === outputs[index]) return [];
        return [copyOut(plan, output, buffers, outputs[index])];
      });
      const pipelines = assertPresent(prepared.pipelines, "pipelines");
      const instance = createInstance(this.open.device, plan, pipelines, buffers, prepared.uniforms);
      const submits = this.submit(instance, [{ copiesIn: [], copiesOut }], plan.submits);
      for (const storage of scratch) storage.release();
      return submits;
    });
    return outputs;
  }

  /** A program whose inputs are bound for good where `fixed` names a storage, and copied in at each call elsewhere. */
  createProgram(prepared: PreparedPlan, fixed: readonly (Storage | undefined)[]): Program {
    for (const storage of fixed) storage?.retain();
    return { prepared, fixed, instance: undefined, owned: [], submitsOf: new Map(), firstRunMs: undefined };
  }

  /**
   * Runs `program` once for each of `batches`, which hold a storage for each input that is not fixed; in one submit
   * where that keeps nobody from painting. Returns a fresh storage for each output: the values of all steps one behind
   * the other, `strideBytes` apart.
   */
  callProgram(
    program: Program,
    batches: readonly (readonly (Storage | undefined)[])[],
    label: string,
  ): Storage[] {
    const { prepared } = program;
    const count = batches.length;
    const outputs = prepared.plan.outputs.map((output) =>
      this.pool.create(Math.max(16, roundUp(count * strideBytes(output), 16)), label),
    );
    const inputs = new Set<Storage>();
    for (const storages of [program.fixed, ...batches]) {
      for (const storage of storages) if (storage !== undefined) inputs.add(storage);
    }
    this.call(prepared, [...inputs], outputs, count, () => {
      if (program.instance === undefined) this.timeFirstRun(program);
      program.instance ??= this.instantiate(program);
      const steps = stepsOf(program.instance, batches, outputs);
      return this.submit(program.instance, steps, this.submitsOf(program, count));
    });
    return outputs;
  }

  /** Gives a program's buffers back. */
  releaseProgram(program: Program): void {
    for (const storage of [...program.owned, ...program.fixed]) storage?.release();
    program.owned.length = 0;
    program.instance = undefined;
  }

  /** `sizeBytes` of `storage` from byte `offset` on, after all work asked for so far. */
  async read(
    storage: Storage,
    offset: number,
    sizeBytes: number,
    signal?: AbortSignal,
  ): Promise<ArrayBuffer> {
    signal?.throwIfAborted();
    storage.retain();
    const copied = deferred<GPUBuffer>();
    this.queue.add({
      ready: undefined,
      steps: 0,
      uploadBytes: 0,
      run: () => {
        if (storage.failure !== undefined) throw storage.failure;
        const staging = this.readback.take(sizeBytes);
        const encoder = this.open.device.createCommandEncoder({ label: "tilegrad read-back" });
        encoder.copyBufferToBuffer(storage.materialize(), offset, staging, 0, sizeBytes);
        this.open.device.queue.submit([encoder.finish()]);
        storage.release();
        copied.resolve(staging);
        return 0;
      },
      fail: (reason) => {
        storage.release();
        copied.reject(reason);
      },
    });
    const bytes = await this.readback.read(await copied.promise, sizeBytes);
    this.requireDevice();
    signal?.throwIfAborted();
    return bytes;
  }

  /** GPU time of each dispatch that `body` causes. Throws UsageError where the device cannot time. */
  async profile(body: () => Promise<void>): Promise<ProfileEntry[]> {
    this.profiler.start();
    try {
      await body();
      await this.open.device.queue.onSubmittedWorkDone();
    } finally {
      this.profiler.stop();
    }
    return this.profiler.collect();
  }

  /** Ends all work: pending and later calls fail with DeviceError. Destroys the device if it is our own. */
  destroy(): void {
    this.close("the engine was destroyed");
    this.pool.destroy();
    if (this.open.isOwn) this.open.device.destroy();
  }

  /** Throws the DeviceError of a lost device. */
  requireDevice(): void {
    if (this.lost !== undefined) throw this.lost;
  }

  private close(what: string): void {
    this.lost ??= new DeviceError("lost", `tilegrad: ${what}; create a new engine to go on.`);
    this.queue.close(this.lost);
  }

  private call(
    prepared: PreparedPlan,
    inputs: readonly Storage[],
    outputs: readonly Storage[],
    steps: number,
    run: () => number,
  ): void {
    for (const storage of [...inputs, ...outputs]) storage.retain();
    const release = () => {
      for (const storage of [...inputs, ...outputs]) storage.release();
    };
    this.queue.add({
      ready: prepared.pipelines === undefined ? prepared.ready : undefined,
      steps,
      uploadBytes: 0,
      run: () => {
        const failed = inputs.find(({ failure }) => failure !== undefined);
        if (failed?.failure !== undefined) throw failed.failure;
        const submits = run();
        release();
        return submits;
      },
      fail: (reason) => {
        for (const storage of outputs) storage.failure = reason;
        release();
      },
    });
  }

  private instantiate(program: Program): Instance {
    const { prepared, fixed, owned } = program;
    const { plan } = prepared;
    const buffers = plan.buffers.map(({ input, sizeBytes }) => {
      const bound = input === undefined ? undefined : fixed[input];
      if (bound !== undefined) return bound.materialize();
      const storage = this.pool.create(sizeBytes, input === undefined ? "plan" : `argument ${input}`);
      owned.push(storage);
      return storage.materialize();
    });
    const pipelines = assertPresent(prepared.pipelines, "pipelines");
    return createInstance(this.open.device, plan, pipelines, buffers, prepared.uniforms);
  }

  private timeFirstRun(program: Program): void {
    const startMs = performance.now();
    const done = () => {
      program.firstRunMs ??= performance.now() - startMs;
    };
    // Asked once what follows is submitted.
    queueMicrotask(() => void this.open.device.queue.onSubmittedWorkDone().then(done, done));
  }

  private submitsOf({ prepared, submitsOf }: Program, steps: number): readonly number[] {
    const { submits, dispatches } = prepared.plan;
    if (steps === 1) return submits;
    const known = submitsOf.get(steps);
    if (known !== undefined) return known;
    const all = Array.from({ length: steps }, () => dispatches).flat();
    const cut = cutIntoSubmits(all, this.open.profile);
    submitsOf.set(steps, cut);
    return cut;
  }

  private submit(instance: Instance, steps: readonly Step[], submits: readonly number[]): number {
    return submitSteps(this.open.device, this.profiler, instance, steps, submits);
  }
}

/** A promise and its ends. (Promise.withResolvers is missing in Node 20 and Safari before 17.4.) */
function deferred<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (reason: unknown) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
