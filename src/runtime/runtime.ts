// The GPU side: runs plans, uploads, reads back, and knows when the device is gone. Sees Plans and bytes, never a Graph.

import { assert, assertPresent } from "../base/assert.ts";
import { DeviceError } from "../base/errors.ts";
import type { Plan, PlanOutput } from "../compile/plan.ts";
import { createInstance, createUniforms, encodePass, type Instance } from "./instance.ts";
import { JobQueue } from "./jobQueue.ts";
import type { OpenDevice } from "./openDevice.ts";
import { PipelineCache, type ReadyPipeline } from "./pipelines.ts";
import { type ProfileEntry, Profiler } from "./profiler.ts";
import { ReadbackPool } from "./readback.ts";
import { type Storage, StoragePool } from "./storage.ts";

/** A plan on its way to the GPU: pipelines, which may still be compiling, and uniforms. */
export interface PreparedPlan {
  readonly plan: Plan;
  readonly uniforms: GPUBuffer;
  /** Undefined until all are there. */
  pipelines: readonly ReadyPipeline[] | undefined;
  readonly ready: Promise<unknown>;
}

/** A plan bound to buffers of its own, called again and again. */
export interface Program {
  readonly prepared: PreparedPlan;
  /** For each input of the plan, the storage that is bound for good, or undefined for an argument. */
  readonly fixed: readonly (Storage | undefined)[];
  instance: Instance | undefined;
  readonly owned: Storage[];
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

  /** Resolves once no call waits for the GPU. */
  hasRoom(): Promise<void> {
    return this.queue.hasRoom();
  }

  /** Starts making the plan's pipelines. */
  prepare(plan: Plan, onProgress?: (done: number, total: number) => void): PreparedPlan {
    this.requireDevice();
    const uniforms = createUniforms(this.open.device, plan);
    const found = this.pipelines.find(plan.shaders);
    if (found !== undefined) return { plan, uniforms, pipelines: found, ready: Promise.resolve() };
    const ready = this.pipelines.make(plan.shaders, onProgress).then((pipelines) => {
      prepared.pipelines = pipelines;
    });
    ready.catch(() => undefined); // whoever calls the plan hears of it
    const prepared: PreparedPlan = { plan, uniforms, pipelines: undefined, ready };
    return prepared;
  }

  /** Writes `bytes` into `storage` from byte `offset` on, in order with all other work. */
  upload(storage: Storage, bytes: Uint8Array<ArrayBuffer>, offset = 0): void {
    storage.retain();
    this.queue.add({
      ready: undefined,
      uploadBytes: bytes.byteLength,
      run: () => {
        this.open.device.queue.writeBuffer(storage.materialize(), offset, bytes);
        storage.release();
        return false;
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
    this.call(prepared, inputs, outputs, () => {
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
      const copies = plan.outputs.flatMap((output, index) => {
        if (owner.get(output.buffer) === outputs[index]) return [];
        return [copyOut(plan, output, buffers, outputs[index])];
      });
      const pipelines = assertPresent(prepared.pipelines, "pipelines");
      const instance = createInstance(this.open.device, plan, pipelines, buffers, prepared.uniforms);
      this.submit(instance, [], copies);
      for (const storage of scratch) storage.release();
    });
    return outputs;
  }

  /** A program whose inputs are bound for good where `fixed` names a storage, and copied in at each call elsewhere. */
  createProgram(prepared: PreparedPlan, fixed: readonly (Storage | undefined)[]): Program {
    for (const storage of fixed) storage?.retain();
    return { prepared, fixed, instance: undefined, owned: [] };
  }

  /** Runs `program`. `args` holds a storage for each input that is not fixed. Returns fresh storages. */
  callProgram(program: Program, args: readonly (Storage | undefined)[], label: string): Storage[] {
    const { plan } = program.prepared;
    const outputs = plan.outputs.map(({ sizeBytes }) => this.pool.create(sizeBytes, label));
    const inputs = args.flatMap((storage) => storage ?? []);
    const held = [...inputs, ...program.fixed.flatMap((storage) => storage ?? [])];
    this.call(program.prepared, held, outputs, () => {
      program.instance ??= this.instantiate(program);
      const { buffers } = program.instance;
      const copiesIn = plan.buffers.flatMap(({ input, sizeBytes }, index) => {
        const storage = input === undefined ? undefined : args[input];
        return storage === undefined
          ? []
          : [{ from: storage.materialize(), offset: 0, to: buffers[index], sizeBytes }];
      });
      const copiesOut = plan.outputs.map((output, index) => copyOut(plan, output, buffers, outputs[index]));
      this.submit(program.instance, copiesIn, copiesOut);
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
      uploadBytes: 0,
      run: () => {
        if (storage.failure !== undefined) throw storage.failure;
        const staging = this.readback.take(sizeBytes);
        const encoder = this.open.device.createCommandEncoder({ label: "tilegrad read-back" });
        encoder.copyBufferToBuffer(storage.materialize(), offset, staging, 0, sizeBytes);
        this.open.device.queue.submit([encoder.finish()]);
        storage.release();
        copied.resolve(staging);
        return false;
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
    run: () => void,
  ): void {
    for (const storage of [...inputs, ...outputs]) storage.retain();
    const release = () => {
      for (const storage of [...inputs, ...outputs]) storage.release();
    };
    this.queue.add({
      ready: prepared.pipelines === undefined ? prepared.ready : undefined,
      uploadBytes: 0,
      run: () => {
        const failed = inputs.find(({ failure }) => failure !== undefined);
        if (failed?.failure !== undefined) throw failed.failure;
        run();
        release();
        return true;
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

  private submit(instance: Instance, copiesIn: readonly Copy[], copiesOut: readonly Copy[]): void {
    const { plan, launches } = instance;
    const { device } = this.open;
    plan.submits.forEach((from, index) => {
      const to = plan.submits[index + 1] ?? launches.length;
      const encoder = device.createCommandEncoder({ label: "tilegrad step" });
      if (index === 0) encodeCopies(encoder, copiesIn);
      if (this.profiler.isRunning) this.profiler.encode(encoder, plan, launches, from, to);
      else encodePass(encoder, launches, from, to);
      if (to === launches.length) encodeCopies(encoder, copiesOut);
      device.queue.submit([encoder.finish()]);
    });
  }
}

interface Copy {
  readonly from: GPUBuffer;
  readonly offset: number;
  readonly to: GPUBuffer;
  readonly sizeBytes: number;
}

/** The copy of a result out of the plan's buffers, into which its last vec4 need not fit. */
function copyOut(
  plan: Plan,
  { buffer, offset, sizeBytes }: PlanOutput,
  buffers: readonly GPUBuffer[],
  to: Storage,
): Copy {
  const left = plan.buffers[buffer].sizeBytes - offset;
  return { from: buffers[buffer], offset, to: to.materialize(), sizeBytes: Math.min(sizeBytes, left) };
}

function encodeCopies(encoder: GPUCommandEncoder, copies: readonly Copy[]): void {
  for (const { from, offset, to, sizeBytes } of copies) {
    assert(from !== to, "a copy onto itself");
    encoder.copyBufferToBuffer(from, offset, to, 0, sizeBytes);
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
