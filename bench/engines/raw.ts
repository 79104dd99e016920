// WebGPU itself, with nothing between: the least that a dispatch, a submit and a read-back cost, and the most bytes and
// multiply-adds that the adapter gets through.
//
// Decides nothing for the other engines; they are held against what is measured here.

import { lanes } from "../cases/floorCases.ts";
import type { CaseInput, FloorKind, OpWork, WorkOf } from "../cases/opCase.ts";
import { noWay } from "../noWay.ts";
import type { BenchEngine, Workload } from "../workload.ts";

const countShader = /* wgsl */ `
@group(0) @binding(0) var<storage, read_write> count: array<f32>;

@compute @workgroup_size(1)
fn main() {
  count[0] += 1;
}`;

const copySize = 256;
const copyShader = /* wgsl */ `
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(${copySize})
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&y)) {
    y[id.x] = x[id.x];
  }
}`;

const chainSize = 64;

/** Named variables, since a local array that is indexed by a loop does not stay in registers. */
function chainShader(steps: number): string {
  const vectors = Array.from({ length: lanes / 4 }, (_, index) => index);
  const starts = vectors.map((index) => {
    const parts = [0, 1, 2, 3].map((part) => ((4 * index + part) / lanes).toFixed(6));
    return `  var x${index} = vec4f(start[id.x]) + vec4f(${parts.join(", ")});`;
  });
  const steppings = vectors.map((index) => `    x${index} = x${index} * a + b;`);
  return /* wgsl */ `
@group(0) @binding(0) var<storage, read> factors: array<vec4f>;
@group(0) @binding(1) var<storage, read> start: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(${chainSize})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let a = vec4f(factors[0].x);
  let b = vec4f(factors[0].y);
${starts.join("\n")}
  for (var step = 0u; step < ${steps}u; step++) {
${steppings.join("\n")}
  }
  y[id.x] = dot(${vectors.map((index) => `x${index}`).join(" + ")}, vec4f(1));
}`;
}

/** What a kind of floor is: the work of one pass, and whether each call reads its result. */
interface Floor {
  readonly shader: string;
  readonly workgroups: number;
  readonly dispatches: number;
  readonly isRead: boolean;
}

const floors: Readonly<Record<FloorKind, (repeats: number, inputs: readonly CaseInput[]) => Floor>> = {
  dispatch: (repeats) => counting(repeats, false),
  submit: () => counting(1, false),
  readback: () => counting(1, true),
  copy: (_, [x]) => {
    const workgroups = Math.ceil(x.values.length / (4 * copySize));
    return { shader: copyShader, workgroups, dispatches: 1, isRead: false };
  },
  fma: (steps, [, starts]) => {
    const workgroups = starts.values.length / chainSize;
    return { shader: chainShader(steps), workgroups, dispatches: 1, isRead: false };
  },
};

function counting(dispatches: number, isRead: boolean): Floor {
  return { shader: countShader, workgroups: 1, dispatches, isRead };
}

export async function openEngine(): Promise<BenchEngine> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  const device = await adapter?.requestDevice();
  if (device === undefined) throw new Error("there is no WebGPU device here.");
  const none = () => noWay("WebGPU alone has floors, and no networks.");
  return {
    train: { lenet: none, mlp: none, resnet: none, gpt: none, dcgan: none },
    op: (work, inputs) => openFloor(device, requireFloor(work), inputs),
  };
}

function requireFloor(work: OpWork): WorkOf<"floor"> {
  return work.op === "floor" ? work : noWay("WebGPU alone has floors, and no ops.");
}

async function openFloor(
  device: GPUDevice,
  { kind, repeats }: WorkOf<"floor">,
  inputs: readonly CaseInput[],
): Promise<Workload> {
  const floor = floors[kind](repeats, inputs);
  const buffers = inputs.map(({ values }) => filledBuffer(device, values));
  // A count stands where it is made, all else in a buffer as large as the last input.
  if (floor.shader !== countShader) buffers.push(emptyBuffer(device, inputs[inputs.length - 1].values));
  const result = buffers[buffers.length - 1];
  const pipeline = await device.createComputePipelineAsync({
    layout: "auto",
    compute: { module: device.createShaderModule({ code: floor.shader }) },
  });
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  const encode = (encoder: GPUCommandEncoder) => {
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    for (let i = 0; i < floor.dispatches; i++) pass.dispatchWorkgroups(floor.workgroups);
    pass.end();
  };
  return floor.isRead ? readWorkload(device, encode, result) : submitWorkload(device, encode, result);
}

function submitWorkload(
  device: GPUDevice,
  encode: (encoder: GPUCommandEncoder) => void,
  result: GPUBuffer,
): Workload {
  return {
    call() {
      const encoder = device.createCommandEncoder();
      encode(encoder);
      device.queue.submit([encoder.finish()]);
    },
    read: () => readBuffer(device, result, 4),
    readAll: async () => [await readBuffer(device, result, result.size)],
  };
}

/** Each call waits for the one before, and reads its result into a buffer that is made once. */
function readWorkload(
  device: GPUDevice,
  encode: (encoder: GPUCommandEncoder) => void,
  result: GPUBuffer,
): Workload {
  const staging = stagingBuffer(device, result.size);
  let calls: Promise<Float32Array> = Promise.resolve(new Float32Array());
  const callOnce = async () => {
    const encoder = device.createCommandEncoder();
    encode(encoder);
    encoder.copyBufferToBuffer(result, 0, staging, 0, result.size);
    device.queue.submit([encoder.finish()]);
    return mapped(staging);
  };
  return {
    call() {
      calls = calls.then(callOnce);
      // Whoever reads hears of a failure.
      calls.catch(() => undefined);
    },
    read: () => calls,
    readAll: async () => [await calls],
  };
}

function filledBuffer(device: GPUDevice, values: CaseInput["values"]): GPUBuffer {
  const buffer = emptyBuffer(device, values);
  device.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>);
  return buffer;
}

function emptyBuffer(device: GPUDevice, { byteLength }: CaseInput["values"]): GPUBuffer {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  return device.createBuffer({ size: byteLength, usage });
}

function stagingBuffer(device: GPUDevice, size: number): GPUBuffer {
  return device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
}

async function readBuffer(device: GPUDevice, buffer: GPUBuffer, size: number): Promise<Float32Array> {
  const staging = stagingBuffer(device, size);
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, size);
  device.queue.submit([encoder.finish()]);
  try {
    return await mapped(staging);
  } finally {
    staging.destroy();
  }
}

async function mapped(staging: GPUBuffer): Promise<Float32Array> {
  await staging.mapAsync(GPUMapMode.READ);
  const values = new Float32Array(staging.getMappedRange().slice(0));
  staging.unmap();
  return values;
}
