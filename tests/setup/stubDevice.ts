// A GPUDevice that does nothing at all: what remains of a call's time and garbage is the engine's own.
//
// It counts the calls made to it. Nothing is computed, so nothing can be read back.

import { DEFAULT_PROFILE } from "../../src/kernels/kernel.ts";

/** The device, and how often each of its methods was called. */
export interface StubDevice {
  readonly device: GPUDevice;
  readonly calls: Readonly<Record<StubCall, number>>;
}

export type StubCall =
  | "createBuffer"
  | "createBindGroup"
  | "beginComputePass"
  | "setPipeline"
  | "setBindGroup"
  | "dispatchWorkgroups"
  | "copyBufferToBuffer"
  | "submit";

export function stubDevice(): StubDevice {
  const calls: Record<StubCall, number> = {
    createBuffer: 0,
    createBindGroup: 0,
    beginComputePass: 0,
    setPipeline: 0,
    setBindGroup: 0,
    dispatchWorkgroups: 0,
    copyBufferToBuffer: 0,
    submit: 0,
  };
  const count = (name: StubCall) => () => {
    calls[name] += 1;
  };
  const pass = {
    setPipeline: count("setPipeline"),
    setBindGroup: count("setBindGroup"),
    dispatchWorkgroups: count("dispatchWorkgroups"),
    end: () => undefined,
  };
  const encoder = {
    beginComputePass: () => {
      calls.beginComputePass += 1;
      return pass;
    },
    copyBufferToBuffer: count("copyBufferToBuffer"),
    finish: () => pass,
  };
  const done = Promise.resolve(undefined);
  const never = new Promise<GPUDeviceLostInfo>(() => undefined);
  const device = {
    features: new Set<string>(),
    limits: {
      maxBufferSize: 2 ** 30,
      maxStorageBufferBindingSize: DEFAULT_PROFILE.maxBindingBytes,
      maxStorageBuffersPerShaderStage: DEFAULT_PROFILE.maxStorageBuffers,
      maxComputeWorkgroupsPerDimension: DEFAULT_PROFILE.maxWorkgroupsPerDimension,
      maxComputeWorkgroupStorageSize: DEFAULT_PROFILE.maxWorkgroupMemoryBytes,
      maxComputeInvocationsPerWorkgroup: DEFAULT_PROFILE.maxInvocations,
    },
    adapterInfo: { vendor: "", architecture: "stub", description: "does nothing", isFallbackAdapter: false },
    lost: never,
    queue: { submit: count("submit"), writeBuffer: () => undefined, onSubmittedWorkDone: () => done },
    createBuffer: ({ size }: GPUBufferDescriptor) => {
      calls.createBuffer += 1;
      return { size, destroy: () => undefined };
    },
    createBindGroup: () => {
      calls.createBindGroup += 1;
      return {};
    },
    createBindGroupLayout: () => ({}),
    createPipelineLayout: () => ({}),
    createShaderModule: () => ({}),
    createComputePipelineAsync: async () => ({}),
    createCommandEncoder: () => encoder,
    pushErrorScope: () => undefined,
    popErrorScope: async () => null,
    destroy: () => undefined,
  };
  return { device: device as unknown as GPUDevice, calls };
}
