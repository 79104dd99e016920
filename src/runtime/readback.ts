// Bytes back from the GPU, through buffers that are kept for the next time.

import { DeviceError } from "../base/errors.ts";
import { nextPowerOfTwo } from "../base/integers.ts";
import { BUFFER_USAGE, MAP_MODE_READ } from "./usage.ts";

/** Kept for reuse, at most, per size. */
const MAX_KEPT = 32;

/** Staging buffers by size. */
export class ReadbackPool {
  private readonly device: GPUDevice;
  private readonly free = new Map<number, GPUBuffer[]>();

  constructor(device: GPUDevice) {
    this.device = device;
  }

  /** A buffer into which to copy `sizeBytes`, later given to `read`. */
  take(sizeBytes: number): GPUBuffer {
    const size = nextPowerOfTwo(Math.max(256, sizeBytes));
    const kept = this.free.get(size)?.pop();
    const usage = BUFFER_USAGE.MAP_READ | BUFFER_USAGE.COPY_DST;
    return kept ?? this.device.createBuffer({ label: "tilegrad read-back", size, usage });
  }

  /** The first `sizeBytes` of `staging`, once the GPU has written them. Rejects with DeviceError when it never will. */
  async read(staging: GPUBuffer, sizeBytes: number): Promise<ArrayBuffer> {
    const bytes = await mappedBytes(staging, sizeBytes);
    staging.unmap();
    const kept = this.free.get(staging.size) ?? [];
    this.free.set(staging.size, kept);
    if (kept.length < MAX_KEPT) kept.push(staging);
    else staging.destroy();
    return bytes;
  }
}

/** The first `sizeBytes` of `buffer`, which is mapped then. Rejects with DeviceError when the GPU never writes them. */
export async function mappedBytes(buffer: GPUBuffer, sizeBytes: number): Promise<ArrayBuffer> {
  try {
    await buffer.mapAsync(MAP_MODE_READ, 0, sizeBytes);
    // A device that is lost just now takes back what was mapped.
    return buffer.getMappedRange(0, sizeBytes).slice(0);
  } catch (reason) {
    const detail = reason instanceof Error ? reason.message : String(reason);
    throw new DeviceError("lost", `read: the GPU went away before the value was there (${detail}).`);
  }
}
