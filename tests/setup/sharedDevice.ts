// One device for all test files of the page that ask for it. A software adapter takes long to compile a pipeline, and
// what one file has compiled is there for the next.
//
// Leaves to others: tests of devices themselves (lost ones, limits, tuning), which request their own.

import { type Engine, type EngineOptions, init } from "../../src/api/engine.ts";
import { openDevice } from "../../src/runtime/openDevice.ts";

declare global {
  var tilegradSharedDevice: Promise<GPUDevice> | undefined;
}

/** The page's device. Another one after it was lost. */
export function sharedDevice(): Promise<GPUDevice> {
  globalThis.tilegradSharedDevice ??= openShared();
  return globalThis.tilegradSharedDevice;
}

async function openShared(): Promise<GPUDevice> {
  const { device } = await openDevice({});
  keepPipelines(device);
  void device.lost.then(() => {
    globalThis.tilegradSharedDevice = undefined;
  });
  return device;
}

/** Makes a pipeline once for each shader text and set of constants: the text says what is bound and how. */
function keepPipelines(device: GPUDevice): void {
  const texts = new WeakMap<GPUShaderModule, string>();
  const made = new Map<string, Promise<GPUComputePipeline>>();
  const own = {
    createShaderModule: device.createShaderModule.bind(device),
    createComputePipelineAsync: device.createComputePipelineAsync.bind(device),
  };
  device.createShaderModule = (descriptor) => {
    const module = own.createShaderModule(descriptor);
    texts.set(module, descriptor.code);
    return module;
  };
  device.createComputePipelineAsync = (descriptor) => {
    const { module, constants } = descriptor.compute;
    const key = `${texts.get(module)}\n${JSON.stringify(constants)}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const pipeline = own.createComputePipelineAsync(descriptor);
    made.set(key, pipeline);
    return pipeline;
  };
}

/** `init`, on the page's device. */
export async function initShared(options: Omit<EngineOptions, "device"> = {}): Promise<Engine> {
  return await init({ ...options, device: await sharedDevice() });
}
