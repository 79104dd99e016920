// Getting a GPUDevice: the caller's, or one of our own at the adapter's full limits; and saying why there is none.

import { DeviceError } from "../base/errors.ts";
import type { DeviceProfile } from "../kernels/kernel.ts";

/** What a caller may say about the device. */
export interface DeviceOptions {
  /** A device that the caller made and keeps. Without it one is requested. */
  readonly device?: GPUDevice;
  /** The GPU entry point, for Node: `create([])` of the npm package `webgpu`. Default `navigator.gpu`. */
  readonly gpu?: GPU;
  readonly powerPreference?: GPUPowerPreference;
  /** Which kernels to choose. Default: `fallback` on a software adapter, else `gpu`. */
  readonly profile?: DeviceProfile["kind"];
}

/** An adapter in words. */
export interface AdapterDescription {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  readonly isSoftware: boolean;
}

/** A device ready for use. */
export interface OpenDevice {
  readonly device: GPUDevice;
  readonly isOwn: boolean;
  readonly adapter: AdapterDescription;
  readonly profile: DeviceProfile;
}

const WANTED_LIMITS = [
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "maxComputeWorkgroupsPerDimension",
] as const;

const WANTED_FEATURES: readonly GPUFeatureName[] = ["shader-f16", "subgroups", "timestamp-query"];

/** GPU objects that must never be collected: Dawn in Node can crash when one is. */
const held = new Set<object>();

/** A device by `options`. Throws DeviceError with the reason where there is none. */
export async function openDevice(options: DeviceOptions): Promise<OpenDevice> {
  if (options.device !== undefined) {
    const adapter = describe(options.device.adapterInfo);
    return {
      device: options.device,
      isOwn: false,
      adapter,
      profile: profileOf(options.device, adapter, options),
    };
  }
  const gpu = options.gpu ?? findGpu();
  const adapter = await gpu.requestAdapter({ powerPreference: options.powerPreference });
  if (adapter === null) {
    throw new DeviceError(
      "no-adapter",
      "init: the browser has WebGPU but gives no adapter; the GPU may be blocked, switched off, or recovering from a crash.",
    );
  }
  const requiredLimits: Record<string, number> = {};
  for (const name of WANTED_LIMITS) requiredLimits[name] = adapter.limits[name];
  const requiredFeatures = WANTED_FEATURES.filter((feature) => adapter.features.has(feature));
  const device = await adapter.requestDevice({ label: "tilegrad", requiredLimits, requiredFeatures });
  held.add(gpu).add(adapter).add(device);
  const description = describe(adapter.info);
  return { device, isOwn: true, adapter: description, profile: profileOf(device, description, options) };
}

function findGpu(): GPU {
  if (globalThis.isSecureContext === false) {
    throw new DeviceError(
      "insecure-context",
      "init: WebGPU needs a secure context; serve the page by https or from localhost.",
    );
  }
  const gpu = globalThis.navigator?.gpu;
  if (gpu === undefined) {
    throw new DeviceError(
      "no-webgpu",
      "init: this browser has no WebGPU; use a recent Chrome, Edge, Safari or Firefox, or pass `gpu` in Node.",
    );
  }
  return gpu;
}

function describe(info: GPUAdapterInfo): AdapterDescription {
  const isSoftware =
    info.isFallbackAdapter ||
    /swiftshader|llvmpipe|lavapipe/i.test(`${info.architecture} ${info.description}`);
  return { vendor: info.vendor, architecture: info.architecture, description: info.description, isSoftware };
}

function profileOf(
  { limits, features }: GPUDevice,
  adapter: AdapterDescription,
  options: DeviceOptions,
): DeviceProfile {
  return {
    kind: options.profile ?? (adapter.isSoftware ? "fallback" : "gpu"),
    maxStorageBuffers: limits.maxStorageBuffersPerShaderStage,
    maxWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
    maxWorkgroupMemoryBytes: limits.maxComputeWorkgroupStorageSize,
    maxInvocations: limits.maxComputeInvocationsPerWorkgroup,
    maxBindingBytes: limits.maxStorageBufferBindingSize,
    hasF16: features.has("shader-f16"),
  };
}
