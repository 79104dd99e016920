// One queue for everything that touches the GPU, so that work happens in the order in which it was asked for.
//
// A job runs at once when nothing is before it, its pipelines are there and the GPU is not too far behind; else it
// waits here, where it costs a closure and no GPU memory.

import type { DeviceError } from "../base/errors.ts";

/** A piece of work for the GPU. */
export interface Job {
  /** What must be there first; undefined for nothing. */
  readonly ready: Promise<unknown> | undefined;
  /** Steps of work for the GPU; 0 for what costs it next to nothing. */
  readonly steps: number;
  /** Bytes that it makes the browser copy and hold until the GPU has taken them. */
  readonly uploadBytes: number;
  /** Does the work. Returns the submits that it made. */
  run(): number;
  /** Told instead of `run` when it cannot be done. */
  fail(reason: Error): void;
}

/**
 * Steps that the GPU has not finished, at most, and bytes of uploads. A call that makes many steps is let in beside one
 * other, so that the GPU has work while the next one is prepared.
 */
const MAX_STEPS_IN_FLIGHT = 3;
const MIN_CALLS_IN_FLIGHT = 2;
const MAX_UPLOAD_BYTES = 64 * 2 ** 20;

/** Runs jobs in order, and keeps the GPU at most a few steps behind. */
export class JobQueue {
  private readonly device: GPUDevice;
  private waiting: Job[] = [];
  private waitingFor: Promise<unknown> | undefined;
  private stepsInFlight = 0;
  private callsInFlight = 0;
  private uploadBytesInFlight = 0;
  private failure: DeviceError | undefined;
  private roomWaiters: (() => void)[] = [];
  /** Submits made since the queue began, for tests and readouts. */
  submits = 0;

  constructor(device: GPUDevice) {
    this.device = device;
  }

  add(job: Job): void {
    if (this.failure !== undefined) {
      job.fail(this.failure);
      return;
    }
    this.waiting.push(job);
    this.pump();
  }

  /** Resolves once no job waits: the moment to prepare the next batch. */
  async hasRoom(): Promise<void> {
    if (this.waiting.length === 0) return;
    await new Promise<void>((resolve) => this.roomWaiters.push(resolve));
  }

  /** Fails every job, now and from now on. */
  close(reason: DeviceError): void {
    this.failure = reason;
    const jobs = this.waiting;
    this.waiting = [];
    for (const job of jobs) job.fail(reason);
    this.tellRoom();
  }

  /** Whether jobs wait. */
  get isBehind(): boolean {
    return this.waiting.length > 0;
  }

  /** Whether there is no job at all, waiting or on the GPU. */
  get isIdle(): boolean {
    return !this.isBehind && this.stepsInFlight + this.uploadBytesInFlight === 0;
  }

  private get isFull(): boolean {
    if (this.uploadBytesInFlight > MAX_UPLOAD_BYTES) return true;
    return this.stepsInFlight >= MAX_STEPS_IN_FLIGHT && this.callsInFlight >= MIN_CALLS_IN_FLIGHT;
  }

  private pump(): void {
    while (this.waitingFor === undefined && this.waiting.length > 0) {
      const job = this.waiting[0];
      if (this.isFull) return;
      if (job.ready !== undefined) {
        this.waitFor(job, job.ready);
        return;
      }
      this.waiting.shift();
      this.execute(job);
    }
    if (this.waiting.length === 0) this.tellRoom();
  }

  private waitFor(job: Job, ready: Promise<unknown>): void {
    const next = (act: () => void) => () => {
      this.waitingFor = undefined;
      if (this.waiting[0] === job) {
        this.waiting.shift();
        act();
      }
      this.pump();
    };
    this.waitingFor = ready;
    ready.then(next(() => this.execute(job))).catch((reason: unknown) => {
      next(() => job.fail(reason instanceof Error ? reason : new Error(String(reason))))();
    });
  }

  private execute(job: Job): void {
    try {
      this.submits += job.run();
    } catch (reason) {
      job.fail(reason instanceof Error ? reason : new Error(String(reason)));
      return;
    }
    if (job.steps === 0 && job.uploadBytes === 0) return;
    this.count(job, 1);
    const done = () => {
      this.count(job, -1);
      this.pump();
    };
    this.device.queue.onSubmittedWorkDone().then(done, done);
  }

  private count({ steps, uploadBytes }: Job, sign: 1 | -1): void {
    this.stepsInFlight += sign * steps;
    this.uploadBytesInFlight += sign * uploadBytes;
    if (steps > 0) this.callsInFlight += sign;
  }

  private tellRoom(): void {
    const waiters = this.roomWaiters;
    this.roomWaiters = [];
    for (const resolve of waiters) resolve();
  }
}
