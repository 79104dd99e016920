// WebGPU in a process of its own, from the package `webgpu` (Dawn), as a page would find it: globals and `navigator.gpu`.
//
// Decides: that everything runs on Vulkan, on the adapter with the highest performance, and that no adapter or device is
// ever collected: Dawn's finalizers may run after what they refer to is gone, and crash.

import type { NodeAdapter } from "./questions.ts";

const kept: object[] = [];

/** Throws where the package does not load here. `isSoftware`: clearing workgroup memory costs seconds a pipeline there. */
export async function openNodeGpu(isSoftware: boolean): Promise<void> {
  const { create, globals } = await import("webgpu");
  Object.assign(globalThis, globals);
  const flags = isSoftware ? ["enable-dawn-features=disable_workgroup_init"] : [];
  const gpu = create(["backend=vulkan", ...flags]);
  const page = { gpu: { requestAdapter: () => requestAdapter(gpu) } };
  kept.push(gpu);
  // A newer Node has a navigator without a GPU.
  Object.defineProperty(globalThis, "navigator", { value: page, configurable: true });
}

/** Throws where no driver offers an adapter. */
export async function describeAdapter(): Promise<NodeAdapter> {
  const adapter = await navigator.gpu.requestAdapter();
  if (adapter === null) {
    throw new Error(
      "no Vulkan driver offers an adapter; VK_DRIVER_FILES may name the JSON file of a driver, such as /usr/share/vulkan/icd.d/nvidia_icd.json.",
    );
  }
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const isSoftware = isFallbackAdapter || /swiftshader|llvmpipe|lavapipe/i.test(`${device} ${description}`);
  const names = isSoftware ? [vendor, architecture] : [vendor, architecture, device];
  return { isSoftware, name: names.filter((name) => name !== "").join(" "), driver: description };
}

async function requestAdapter(gpu: GPU): Promise<GPUAdapter | null> {
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) return null;
  kept.push(adapter);
  const requestDevice = adapter.requestDevice.bind(adapter);
  adapter.requestDevice = async (descriptor) => {
    const device = await requestDevice(descriptor);
    kept.push(device);
    return device;
  };
  return adapter;
}
