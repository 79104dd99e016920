// WebGPU in Node, as other tests use it: one backend computes, the other compiles everything.

import { expect, test } from "vitest";
import { keepForever, type NodeGpuKind, openNodeGpu } from "../setup/nodeGpu.ts";

async function openDevice(kind: NodeGpuKind, features: GPUFeatureName[] = []): Promise<GPUDevice> {
  const gpu = await openNodeGpu(kind);
  if (typeof gpu === "string") throw new Error(gpu);
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error("no adapter");
  return keepForever(await adapter.requestDevice({ requiredFeatures: features }));
}

const doubling = /* wgsl */ `
@group(0) @binding(0) var<storage, read_write> values: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&values)) {
    values[id.x] = 2.0 * values[id.x];
  }
}`;

test("this side is told apart from the browser", () => {
  expect(__GPU__).toBe(false);
});

test("a compute shader runs in Node", async () => {
  const device = await openDevice("vulkan");
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

test("the null backend compiles f16 and subgroups, and says where an error is", async () => {
  const device = await openDevice("null", ["shader-f16", "subgroups"]);
  const compile = async (code: string): Promise<string[]> => {
    device.pushErrorScope("validation");
    const { messages } = await device.createShaderModule({ code }).getCompilationInfo();
    await device.popErrorScope();
    return messages.map(({ type, lineNum, linePos }) => `${type} at ${lineNum}:${linePos}`);
  };
  const good =
    "enable f16;\nenable subgroups;\n@compute @workgroup_size(1) fn main() { _ = subgroupAdd(1.0h); }";
  expect(await compile(good)).toEqual([]);
  expect(await compile("fn broken() {\n  _ = missing;\n}")).toEqual(["error at 2:7"]);
});
