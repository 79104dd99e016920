// One queue for everything that touches the GPU, so that work happens in the order in which it was asked for.
//
// A job runs at once when nothing is before it, its pipelines are there and the GPU is not too far behind; else it
// waits here, where it costs a closure and no GPU memory.

import type { DeviceError } from "../base/errors.ts";

/** A piece of work for the GPU. */
export interface Job {
  /** What must be there first; undefined for nothing. */
  readonly ready: Promise<unknown> | undefined;
  /** Bytes that it makes the browser copy and hold until the GPU has taken them. */
  readonly uploadBytes: number;
  /** Does the work. Returns whether it submitted any. */
  run(): boolean;
  /** Told instead of `run` when it cannot be done. */
  fail(reason: Error): void;
}

/** Submits that the GPU has not finished, at most, and bytes of uploads. */
const MAX_STEPS_IN_FLIGHT = 3;
const MAX_UPLOAD_BYTES = 64 * 2 ** 20;

/** Runs jobs in order, and keeps the GPU at most a few steps behind. */
export class JobQueue {
  private readonly device: GPUDevice;
  private waiting: Job[] = [];
  private waitingFor: Promise<unknown> | undefined;
  private stepsInFlight = 0;
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

  private pump(): void {
    while (this.waitingFor === undefined && this.waiting.length > 0) {
      const job = this.waiting[0];
      if (this.stepsInFlight >= MAX_STEPS_IN_FLIGHT || this.uploadBytesInFlight > MAX_UPLOAD_BYTES) return;
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
    let didSubmit = false;
    try {
      didSubmit = job.run();
    } catch (reason) {
      job.fail(reason instanceof Error ? reason : new Error(String(reason)));
      return;
    }
    if (didSubmit) this.submits += 1;
    const steps = didSubmit ? 1 : 0;
    const bytes = job.uploadBytes;
    if (steps === 0 && bytes === 0) return;
    this.stepsInFlight += steps;
    this.uploadBytesInFlight += bytes;
    const done = () => {
      this.stepsInFlight -= steps;
      this.uploadBytesInFlight -= bytes;
      this.pump();
    };
    this.device.queue.onSubmittedWorkDone().then(done, done);
  }

  private tellRoom(): void {
    const waiters = this.roomWaiters;
    this.roomWaiters = [];
    for (const resolve of waiters) resolve();
  }
}
