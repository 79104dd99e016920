// GPU memory: buffers that are handed out, taken back and handed out again.
//
// Decides: which buffer a value gets, and what is counted. A Storage is the promise of a buffer: it gets one when the
// work that fills it is encoded, so that calls which wait in the queue hold no memory.

import { DeviceError } from "../base/errors.ts";
import { roundUp } from "../base/integers.ts";
import { BUFFER_USAGE } from "./usage.ts";

/** What the engine holds on the GPU. */
export interface MemoryReport {
  /** Bytes of buffers in use now, and the most there have been. */
  readonly liveBytes: number;
  readonly peakBytes: number;
  /** Bytes of buffers kept for the next who asks. */
  readonly pooledBytes: number;
  readonly liveBuffers: number;
  /** The largest buffers in use, largest first. */
  readonly largest: readonly { readonly label: string; readonly sizeBytes: number }[];
}

/** Buffers kept for reuse, at most; above it they are destroyed. */
const MAX_POOLED_BYTES = 512 * 2 ** 20;
const USAGE = BUFFER_USAGE.COPY_SRC | BUFFER_USAGE.COPY_DST | BUFFER_USAGE.STORAGE;

/** A buffer of the engine's, or the promise of one. Owned by whoever holds a reference. */
export class Storage {
  readonly sizeBytes: number;
  readonly label: string;
  /** Set once the buffer is there. */
  buffer: GPUBuffer | undefined;
  /** Why it will never hold its value. */
  failure: Error | undefined;
  private references = 1;
  private readonly pool: StoragePool;

  constructor(pool: StoragePool, sizeBytes: number, label: string) {
    this.pool = pool;
    this.sizeBytes = sizeBytes;
    this.label = label;
  }

  /** The buffer, taken from the pool where there is none yet. */
  materialize(): GPUBuffer {
    this.buffer ??= this.pool.take(this);
    return this.buffer;
  }

  retain(): this {
    this.references += 1;
    return this;
  }

  /** Gives one reference back; with the last one the buffer returns to the pool. */
  release(): void {
    this.references -= 1;
    if (this.references === 0) this.pool.giveBack(this);
  }
}

/** Hands out buffers by size. */
export class StoragePool {
  private readonly device: GPUDevice;
  private readonly free = new Map<number, GPUBuffer[]>();
  private readonly live = new Set<Storage>();
  private liveBytes = 0;
  private peakBytes = 0;
  private pooledBytes = 0;

  constructor(device: GPUDevice) {
    this.device = device;
  }

  /** A new storage of one reference. Throws DeviceError where the device cannot hold that many bytes. */
  create(sizeBytes: number, label: string): Storage {
    const limit = Math.min(this.device.limits.maxBufferSize, this.device.limits.maxStorageBufferBindingSize);
    if (sizeBytes > limit) {
      throw new DeviceError(
        "limit",
        `${label}: ${sizeBytes} bytes are needed; this device binds at most ${limit} at once.`,
      );
    }
    return new Storage(this, sizeBytes, label);
  }

  take(storage: Storage): GPUBuffer {
    const sizeBytes = classOf(storage.sizeBytes);
    const kept = this.free.get(sizeBytes)?.pop();
    if (kept !== undefined) this.pooledBytes -= sizeBytes;
    this.live.add(storage);
    this.liveBytes += sizeBytes;
    this.peakBytes = Math.max(this.peakBytes, this.liveBytes);
    return (
      kept ?? this.device.createBuffer({ label: `tilegrad pool ${sizeBytes}`, size: sizeBytes, usage: USAGE })
    );
  }

  giveBack(storage: Storage): void {
    const { buffer } = storage;
    if (buffer === undefined || !this.live.delete(storage)) return;
    storage.buffer = undefined;
    const sizeBytes = classOf(storage.sizeBytes);
    this.liveBytes -= sizeBytes;
    if (this.pooledBytes + sizeBytes > MAX_POOLED_BYTES) {
      buffer.destroy();
      return;
    }
    const kept = this.free.get(sizeBytes) ?? [];
    this.free.set(sizeBytes, kept);
    kept.push(buffer);
    this.pooledBytes += sizeBytes;
  }

  report(): MemoryReport {
    const largest = [...this.live]
      .sort((a, b) => b.sizeBytes - a.sizeBytes)
      .slice(0, 10)
      .map(({ label, sizeBytes }) => ({ label, sizeBytes }));
    const { liveBytes, peakBytes, pooledBytes } = this;
    return { liveBytes, peakBytes, pooledBytes, liveBuffers: this.live.size, largest };
  }

  /** Destroys every buffer, in use or not. */
  destroy(): void {
    for (const { buffer } of this.live) buffer?.destroy();
    for (const buffers of this.free.values()) for (const buffer of buffers) buffer.destroy();
    this.free.clear();
    this.live.clear();
    this.liveBytes = 0;
    this.pooledBytes = 0;
  }
}

/** Sizes are rounded so that tensors of nearly one size share buffers: to 1/8 of their power of two, at least 256. */
function classOf(sizeBytes: number): number {
  const step = Math.max(256, 2 ** (Math.floor(Math.log2(Math.max(1, sizeBytes))) - 3));
  return roundUp(sizeBytes, step);
}
