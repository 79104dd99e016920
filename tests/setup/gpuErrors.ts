// Lets no WebGPU error pass unseen: what a device reports outside every error scope fails the test that caused it.
//
// Loaded into the page before each test file of the `gpu` project. A test that provokes such an error on purpose
// claims it with `takeUncapturedErrors`.

import { afterEach, expect } from "vitest";

/** Shared by all copies of this module in the page: each test file loads its own. */
interface ErrorWatch {
  devices: Set<GPUDevice>;
  errors: string[];
}

declare global {
  var tilegradErrorWatch: ErrorWatch | undefined;
}

const watch = watchDevices();

/** Waits for the GPU, then returns the uncaptured errors since the last call, and counts them as dealt with. */
export async function takeUncapturedErrors(): Promise<string[]> {
  // Errors arrive in the order of the queue, so they are here when the queue's work is done.
  await Promise.all(
    [...watch.devices].map((device) => device.queue.onSubmittedWorkDone().catch(() => undefined)),
  );
  return watch.errors.splice(0);
}

function watchDevices(): ErrorWatch {
  if (globalThis.tilegradErrorWatch) return globalThis.tilegradErrorWatch;
  const created: ErrorWatch = { devices: new Set(), errors: [] };
  globalThis.tilegradErrorWatch = created;
  if (!("GPUAdapter" in globalThis)) return created;
  const requestDevice = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await requestDevice.call(this, descriptor);
    created.devices.add(device);
    device.addEventListener("uncapturederror", ({ error }) => {
      created.errors.push(`${error.constructor.name}: ${error.message}`);
    });
    void device.lost.then(() => created.devices.delete(device));
    return device;
  };
  return created;
}

afterEach(async () => {
  expect(await takeUncapturedErrors(), "WebGPU errors outside every error scope").toEqual([]);
});
