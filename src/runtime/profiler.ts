// GPU time by dispatch: while profiling, every dispatch gets a pass of its own between two timestamps.
//
// Chrome rounds timestamps to 65 us unless it runs with developer features, so short kernels read as 0.

import { UsageError } from "../base/errors.ts";
import type { Plan } from "../compile/plan.ts";
import type { Launch } from "./instance.ts";
import { mappedBytes } from "./readback.ts";
import { BUFFER_USAGE } from "./usage.ts";

/** One dispatch that was timed. */
export interface ProfileEntry {
  readonly label: string;
  readonly shape: readonly number[];
  /** When it began, counted from the first entry, and how long it took. */
  readonly startMs: number;
  readonly timeMs: number;
  readonly flops: number;
  readonly bytes: number;
}

interface Recording {
  readonly plan: Plan;
  readonly from: number;
  readonly count: number;
  readonly times: GPUBuffer;
}

/** WebGPU's limit on the size of a query set. */
const MAX_QUERIES = 4096;

/** Encodes timed passes and reads their times. */
export class Profiler {
  isRunning = false;
  private readonly device: GPUDevice;
  private recordings: Recording[] = [];

  constructor(device: GPUDevice) {
    this.device = device;
  }

  start(): void {
    if (!this.device.features.has("timestamp-query")) {
      throw new UsageError(
        "profile: this device cannot time its work; it needs the feature timestamp-query.",
      );
    }
    if (this.isRunning) throw new UsageError("profile: a profile is running already; await it first.");
    this.isRunning = true;
    this.recordings = [];
  }

  stop(): void {
    this.isRunning = false;
  }

  /** Encodes launches `from` … `to - 1`, each timed. */
  encode(
    encoder: GPUCommandEncoder,
    plan: Plan,
    launches: readonly Launch[],
    from: number,
    to: number,
  ): void {
    for (let start = from; start < to; start += MAX_QUERIES / 2) {
      this.encodeSome(encoder, plan, launches, start, Math.min(to, start + MAX_QUERIES / 2));
    }
  }

  /** The times of everything encoded since `start`. */
  async collect(): Promise<ProfileEntry[]> {
    const entries: ProfileEntry[] = [];
    let origin: bigint | undefined;
    for (const { plan, from, count, times } of this.recordings) {
      const stamps = new BigUint64Array(await mappedBytes(times, times.size));
      times.destroy();
      origin ??= stamps[0];
      for (let i = 0; i < count; i++) {
        const { label, shape, flops, bytes } = plan.dispatches[from + i];
        const startMs = Number(stamps[2 * i] - origin) / 1e6;
        const timeMs = Number(stamps[2 * i + 1] - stamps[2 * i]) / 1e6;
        entries.push({ label, shape, startMs, timeMs, flops, bytes });
      }
    }
    return entries;
  }

  private encodeSome(
    encoder: GPUCommandEncoder,
    plan: Plan,
    launches: readonly Launch[],
    from: number,
    to: number,
  ) {
    const count = to - from;
    const querySet = this.device.createQuerySet({ type: "timestamp", count: 2 * count });
    for (let i = 0; i < count; i++) {
      const { pipeline, bindGroup, workgroups, label } = launches[from + i];
      const timestampWrites = { querySet, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 };
      const pass = encoder.beginComputePass({ label, timestampWrites });
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(workgroups[0], workgroups[1], workgroups[2]);
      pass.end();
    }
    const size = count * 16;
    const usage = BUFFER_USAGE.QUERY_RESOLVE | BUFFER_USAGE.COPY_SRC;
    const resolved = this.device.createBuffer({ label: "tilegrad timestamps", size, usage });
    const times = this.device.createBuffer({ size, usage: BUFFER_USAGE.MAP_READ | BUFFER_USAGE.COPY_DST });
    encoder.resolveQuerySet(querySet, 0, 2 * count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, times, 0, size);
    this.recordings.push({ plan, from, count, times });
  }
}
