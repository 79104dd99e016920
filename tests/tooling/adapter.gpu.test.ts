// The harness itself: the browser has an adapter, computes with it, and says which it is.

import { expect, test } from "vitest";
import { takeUncapturedErrors } from "../setup/gpuErrors.ts";

async function requestDevice(): Promise<GPUDevice> {
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error("This browser has no WebGPU adapter");
  return await adapter.requestDevice();
}

const doubling = /* wgsl */ `
@group(0) @binding(0) var<storage, read_write> values: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&values)) {
    values[id.x] = 2.0 * values[id.x];
  }
}`;

test("this side is told apart from Node", () => {
  expect(__GPU__).toBe(true);
});

test("the adapter says who it is", async () => {
  const adapter = await navigator.gpu.requestAdapter();
  expect(adapter?.info.vendor).toMatch(/./);
});

test("a compute shader doubles an array", async () => {
  const device = await requestDevice();
  const values = Float32Array.from({ length: 100 }, (_, index) => index);
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const buffer = device.createBuffer({ size: values.byteLength, usage: STORAGE | COPY_SRC | COPY_DST });
  const readback = device.createBuffer({ size: values.byteLength, usage: MAP_READ | COPY_DST });
  device.queue.writeBuffer(buffer, 0, values);
  const module = device.createShaderModule({ code: doubling });
  const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module } });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  const entries = [{ binding: 0, resource: { buffer } }];
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(2);
  pass.end();
  encoder.copyBufferToBuffer(buffer, 0, readback, 0, values.byteLength);
  device.queue.submit([encoder.finish()]);
  await readback.mapAsync(GPUMapMode.READ);
  expect([...new Float32Array(readback.getMappedRange())]).toEqual([...values].map((value) => 2 * value));
  device.destroy();
});

test("an error outside every error scope is seen", async () => {
  const device = await requestDevice();
  device.createBuffer({ size: 4, usage: 0 });
  expect(await takeUncapturedErrors()).toEqual([expect.stringContaining("GPUValidationError")]);
  device.destroy();
});
