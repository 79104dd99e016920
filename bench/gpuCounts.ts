// Counts what a page does at the WebGPU interface, for every engine in the same way: methods are wrapped before any
// engine has loaded.

import type { GpuCounts } from "./report.ts";

type Count = keyof GpuCounts;

const counts: Record<Count, number> = {
  dispatches: 0,
  submits: 0,
  createBuffer: 0,
  createBindGroup: 0,
  createPipeline: 0,
};
const sizes = new WeakMap<GPUBuffer, number>();
let liveBytes = 0;
let mostBytes = 0;

/** The counts so far. */
export function gpuCounts(): GpuCounts {
  return { ...counts };
}

/** The most bytes that stood in buffers at once. */
export function peakBytes(): number {
  return mostBytes;
}

/** Starts counting. Comes before the first device. */
export function watchGpu(): void {
  countCalls(GPUQueue.prototype, "submit", "submits");
  countCalls(GPUComputePassEncoder.prototype, "dispatchWorkgroups", "dispatches");
  countCalls(GPUComputePassEncoder.prototype, "dispatchWorkgroupsIndirect", "dispatches");
  countCalls(GPUDevice.prototype, "createBindGroup", "createBindGroup");
  countCalls(GPUDevice.prototype, "createComputePipeline", "createPipeline");
  countCalls(GPUDevice.prototype, "createComputePipelineAsync", "createPipeline");
  watchBuffers();
}

function countCalls<K extends string>(
  prototype: Record<K, (...args: never[]) => unknown>,
  method: K,
  count: Count,
): void {
  const original = prototype[method];
  prototype[method] = function (this: unknown, ...args: never[]) {
    counts[count] += 1;
    return original.apply(this, args);
  };
}

function watchBuffers(): void {
  const { createBuffer } = GPUDevice.prototype;
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    counts.createBuffer += 1;
    sizes.set(buffer, descriptor.size);
    liveBytes += descriptor.size;
    mostBytes = Math.max(mostBytes, liveBytes);
    return buffer;
  };
  const { destroy } = GPUBuffer.prototype;
  GPUBuffer.prototype.destroy = function () {
    liveBytes -= sizes.get(this) ?? 0;
    sizes.delete(this);
    return destroy.call(this);
  };
}
