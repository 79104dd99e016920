// How long a plan's launches take on the GPU: by its own clock where the device has one, else from submit to done.

import type { Instance, Launch } from "./instance.ts";
import { mappedBytes } from "./readback.ts";
import { BUFFER_USAGE } from "./usage.ts";

/** Two timestamps. */
const STAMP_BYTES = 16;

/** What a device is asked for once, to time many runs. */
interface Stamps {
  readonly querySet: GPUQuerySet;
  readonly resolved: GPUBuffer;
  readonly mapped: GPUBuffer;
}

/** Times runs, one after the other. */
export class Stopwatch {
  private readonly device: GPUDevice;
  private readonly stamps: Stamps | undefined;

  constructor(device: GPUDevice) {
    this.device = device;
    this.stamps = device.features.has("timestamp-query") ? makeStamps(device) : undefined;
  }

  /** Whether other work on the GPU is not counted, as long as it runs before or after. */
  get isExclusive(): boolean {
    return this.stamps !== undefined;
  }

  /** How long one measurement should take: many steps of the clock, which browsers round to 0.1 ms. */
  get spanMs(): number {
    return this.isExclusive ? 6 : 20;
  }

  /** Runs `instance` `repeats` times in one submit and gives the milliseconds from the first launch to the last. */
  async time({ launches }: Instance, repeats: number): Promise<number> {
    const encoder = this.device.createCommandEncoder({ label: "tilegrad tuning" });
    const { stamps } = this;
    if (stamps === undefined) {
      encodeRepeated(encoder.beginComputePass(), launches, repeats);
      const startMs = performance.now();
      this.device.queue.submit([encoder.finish()]);
      await this.device.queue.onSubmittedWorkDone();
      return performance.now() - startMs;
    }
    const { querySet, resolved, mapped } = stamps;
    const timestampWrites = { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 };
    encodeRepeated(encoder.beginComputePass({ timestampWrites }), launches, repeats);
    encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, mapped, 0, STAMP_BYTES);
    this.device.queue.submit([encoder.finish()]);
    const [start, end] = new BigUint64Array(await mappedBytes(mapped, STAMP_BYTES));
    mapped.unmap();
    return Math.max(0, Number(end - start) / 1e6);
  }

  destroy(): void {
    this.stamps?.querySet.destroy();
    this.stamps?.resolved.destroy();
    this.stamps?.mapped.destroy();
  }
}

function makeStamps(device: GPUDevice): Stamps {
  const label = "tilegrad tuning";
  const buffer = (usage: number) => device.createBuffer({ label, size: STAMP_BYTES, usage });
  return {
    querySet: device.createQuerySet({ label, type: "timestamp", count: 2 }),
    resolved: buffer(BUFFER_USAGE.QUERY_RESOLVE | BUFFER_USAGE.COPY_SRC),
    mapped: buffer(BUFFER_USAGE.MAP_READ | BUFFER_USAGE.COPY_DST),
  };
}

function encodeRepeated(pass: GPUComputePassEncoder, launches: readonly Launch[], repeats: number): void {
  for (let run = 0; run < repeats; run++) {
    for (const { pipeline, bindGroup, workgroups } of launches) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(workgroups[0], workgroups[1], workgroups[2]);
    }
  }
  pass.end();
}
