// WebGPU in Node, from the npm package `webgpu` (Dawn): the system's driver, or a backend that compiles and runs nothing.
//
// Decides: which backend, and how long its objects live. Where the Vulkan driver is found: vulkanEnvironment.ts.

/** `null`: compiles WGSL, with every feature, and runs nothing. `vulkan`: runs (Metal or Direct3D where it is native). */
export type NodeGpuKind = "null" | "vulkan";

// Invariant: nothing of Dawn's is ever collected. Its finalizers may run after what they refer to is gone, and crash.
const kept: unknown[] = [];

/**
 * Opens WebGPU in this process and defines its globals (`GPUBufferUsage`, `GPUMapMode`, …).
 * Returns the reason where there is none: the package has no build for this machine, or the machine has no driver.
 */
export async function openNodeGpu(kind: NodeGpuKind): Promise<GPU | string> {
  try {
    const { create, globals } = await import("webgpu");
    Object.assign(globalThis, globals);
    const gpu = create(flagsFor(kind));
    const adapter = await gpu.requestAdapter();
    kept.push(gpu, adapter);
    return adapter ? gpu : `the ${kind} backend of the package "webgpu" has no adapter on this machine`;
  } catch (error) {
    return `the package "webgpu" does not load: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Keeps an object of Dawn's (a device, an adapter) for the life of the process, and returns it. */
export function keepForever<T>(object: T): T {
  kept.push(object);
  return object;
}

function flagsFor(kind: NodeGpuKind): string[] {
  if (kind === "null") return ["backend=null"];
  // Clearing workgroup memory costs seconds per pipeline on the software adapter.
  const flags = ["enable-dawn-features=disable_workgroup_init"];
  return process.platform === "linux" ? ["backend=vulkan", ...flags] : flags;
}
