// The same engine in Node, on the npm package `webgpu`, where a Vulkan driver or SwiftShader can be found.

import { expect, test } from "vitest";
import {
  compile,
  createEngine,
  crossEntropy,
  init,
  manualSeed,
  matmul,
  nn,
  optim,
  type Tensor,
  tensor,
} from "../../src/index.ts";
import { keepForever, openNodeGpu } from "../setup/nodeGpu.ts";

test("a caller in Node passes the GPU object in, and a small network trains", {
  timeout: 60_000,
}, async () => {
  const gpu = await openNodeGpu("vulkan");
  if (typeof gpu === "string") throw new Error(gpu);
  const engine = keepForever(await init({ gpu }));
  manualSeed(1);
  const product = matmul(
    tensor([
      [1, 2],
      [3, 4],
    ]),
    tensor([[5], [6]]),
  );
  expect(Array.from(await product.data())).toEqual([17, 39]);
  const model = new nn.Sequential(new nn.Linear(2, 8), new nn.Tanh(), new nn.Linear(8, 2));
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
  const step = compile((x: Tensor, labels: Tensor) => {
    const loss = crossEntropy(model.forward(x), labels);
    optimizer.step(loss);
    return loss;
  });
  const x = tensor([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  const labels = tensor(Int32Array.of(0, 1, 1, 0));
  const first = await step(x, labels).item();
  for (let i = 0; i < 150; i++) step(x, labels).dispose();
  expect(await step(x, labels).item()).toBeLessThan(first / 10);
  expect(engine.runtime.submits).toBeGreaterThan(150);
});

test("a device that the caller made is used and left alone", async () => {
  const gpu = await openNodeGpu("vulkan");
  if (typeof gpu === "string") throw new Error(gpu);
  const adapter = await gpu.requestAdapter();
  if (adapter === null) throw new Error("no adapter");
  const device = keepForever(await adapter.requestDevice());
  const engine = await createEngine({ device });
  expect(engine.deviceProfile.maxStorageBuffers).toBe(device.limits.maxStorageBuffersPerShaderStage);
  const x = tensor([1, 2], [2], { engine });
  expect(Array.from(await x.data())).toEqual([1, 2]);
  engine.destroy();
  const buffer = device.createBuffer({ size: 16, usage: 0x8 });
  device.queue.writeBuffer(buffer, 0, new Float32Array(4));
  await expect(device.queue.onSubmittedWorkDone()).resolves.toBeUndefined();
  buffer.destroy();
});

test("without WebGPU, without an adapter, or outside a secure context the error says which", async () => {
  await expect(createEngine({})).rejects.toMatchObject({
    reason: "no-webgpu",
    message:
      "init: this browser has no WebGPU; use a recent Chrome, Edge, Safari or Firefox, or pass `gpu` in Node.",
  });
  const gpu = await openNodeGpu("null");
  if (typeof gpu === "string") throw new Error(gpu);
  const without: Pick<GPU, "requestAdapter"> = { requestAdapter: async () => null };
  await expect(createEngine({ gpu: Object.assign(Object.create(gpu), without) })).rejects.toMatchObject({
    reason: "no-adapter",
    message:
      "init: the browser has WebGPU but gives no adapter; the GPU may be blocked, switched off, or recovering from a crash.",
  });
  Object.defineProperty(globalThis, "isSecureContext", { value: false, configurable: true });
  try {
    await expect(createEngine({})).rejects.toMatchObject({ reason: "insecure-context" });
  } finally {
    Reflect.deleteProperty(globalThis, "isSecureContext");
  }
});
