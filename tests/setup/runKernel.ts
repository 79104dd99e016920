// Runs one dispatch of a kernel from its raw .wgsl text and reads the output back.
//
// Decides: what surrounds a kernel under test. Inputs are followed by NaN and the output starts as NaN, both with room
// behind them: reading padding into a result, leaving an element out and writing past the end all fail the test. A
// port that the dispatch calls aligned answers a misaligned 4-wide access with NaN, and drops a misaligned 4-wide store.
// Leaves to others: the references and the bars (each family's test).

import { assertPresent } from "../../src/base/assert.ts";
import { roundUp } from "../../src/base/integers.ts";
import type { DeviceProfile, Dispatch } from "../../src/kernels/kernel.ts";
import { DEFAULT_PROFILE } from "../../src/kernels/kernel.ts";

export type HostData = Float32Array | Int32Array | Uint32Array;

/** The two profiles that kernels are chosen for, at the smallest limits. */
export const profiles: readonly DeviceProfile[] = [DEFAULT_PROFILE, { ...DEFAULT_PROFILE, kind: "fallback" }];

/** Shared by all copies of this module in the page: each test file loads its own. */
interface KernelBench {
  /** At default limits; and one that binds more, for kernels whose ports are never all bound in a plan for the first. */
  readonly device: Promise<GPUDevice>;
  readonly wideDevice: Promise<GPUDevice>;
  readonly pipelines: Map<string, Promise<GPUComputePipeline>>;
}

declare global {
  var tilegradKernelBench: KernelBench | undefined;
}

const GUARD_BYTES = 64;
/** What every adapter that has been seen lets a shader bind. */
const MOST_PORTS = 10;
const QUIET_NAN = 0x7fc00000;
/** A NaN that no arithmetic makes: what the output holds where nothing was written. */
const UNWRITTEN = 0x7fc0dead;

/**
 * Runs `dispatch` on `inputs` (one array per input port) and returns the first `outputCount` elements of its output.
 * Throws on any GPU error, any compiler message, and any write behind the output's last whole vec4.
 */
export async function runKernel(
  dispatch: Dispatch,
  inputs: Readonly<Record<string, HostData>>,
  outputCount: number,
): Promise<Float32Array> {
  return new Float32Array((await runToBytes(dispatch, inputs, outputCount)).output);
}

/** `runKernel` for a launch with a by-product: its elements, too. */
export async function runKernelWithByproduct(
  dispatch: Dispatch,
  inputs: Readonly<Record<string, HostData>>,
  outputCount: number,
  byproductCount: number,
): Promise<{ output: Float32Array; byproduct: Float32Array }> {
  const { output, byproduct } = await runToBytes(dispatch, inputs, outputCount, byproductCount);
  return { output: new Float32Array(output), byproduct: new Float32Array(byproduct) };
}

/** `runKernel` for a kernel whose output is i32. */
export async function runKernelToIntegers(
  dispatch: Dispatch,
  inputs: Readonly<Record<string, HostData>>,
  outputCount: number,
): Promise<Int32Array> {
  return new Int32Array((await runToBytes(dispatch, inputs, outputCount)).output);
}

async function runToBytes(
  dispatch: Dispatch,
  inputs: Readonly<Record<string, HostData>>,
  outputCount: number,
  byproductCount = 0,
): Promise<{ output: ArrayBuffer; byproduct: ArrayBuffer }> {
  const { kernel } = dispatch;
  const bench = kernelBench();
  const ports = kernel.inputs.length + (kernel.byproduct === undefined ? 1 : 2);
  const device = await (ports > DEFAULT_PROFILE.maxStorageBuffers ? bench.wideDevice : bench.device);
  const pipeline = await cachedPipeline(bench, device, dispatch);
  const counts = kernel.byproduct === undefined ? [outputCount] : [outputCount, byproductCount];

  device.pushErrorScope("validation");
  device.pushErrorScope("out-of-memory");
  const written = counts.map((count, index) => {
    const label = index === 0 ? kernel.output : `${kernel.byproduct}`;
    return uploaded(device, label, filled(roundUp(4 * count, 16) + GUARD_BYTES, UNWRITTEN));
  });
  const buffers = [
    uploaded(device, "params", paramBytes(dispatch), GPUBufferUsage.UNIFORM),
    ...kernel.inputs.map((port) => {
      const data = assertPresent(inputs[port], `data for port ${port} of ${kernel.name}`);
      return uploaded(device, port, followedByNaN(data));
    }),
    ...written,
  ];
  const readbacks = written.map(({ label, size }) =>
    device.createBuffer({
      label: `${label} read-back`,
      size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    }),
  );
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass({ label: kernel.name });
  pass.setPipeline(pipeline);
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(...dispatch.workgroups);
  pass.end();
  written.forEach((buffer, index) => {
    encoder.copyBufferToBuffer(buffer, 0, readbacks[index], 0, buffer.size);
  });
  device.queue.submit([encoder.finish()]);
  const errors = await Promise.all([device.popErrorScope(), device.popErrorScope()]);
  for (const error of errors) if (error) throw new Error(`${kernel.name}: ${error.message}`);

  const results = await Promise.all(
    readbacks.map(async (readback, index) => {
      await readback.mapAsync(GPUMapMode.READ);
      const bytes = readback.getMappedRange().slice(0);
      requireUntouched(kernel.name, new Uint32Array(bytes, roundUp(4 * counts[index], 16)));
      return bytes.slice(0, 4 * counts[index]);
    }),
  );
  for (const buffer of [...buffers, ...readbacks]) buffer.destroy();
  return { output: results[0], byproduct: results[1] };
}

function kernelBench(): KernelBench {
  globalThis.tilegradKernelBench ??= {
    device: requestDevice(DEFAULT_PROFILE.maxStorageBuffers),
    wideDevice: requestDevice(MOST_PORTS),
    pipelines: new Map(),
  };
  return globalThis.tilegradKernelBench;
}

async function requestDevice(maxStorageBuffersPerShaderStage: number): Promise<GPUDevice> {
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error("This browser has no WebGPU adapter");
  const requiredLimits = { maxStorageBuffersPerShaderStage };
  return await adapter.requestDevice({ label: "kernel tests", requiredLimits });
}

function cachedPipeline(
  bench: KernelBench,
  device: GPUDevice,
  dispatch: Dispatch,
): Promise<GPUComputePipeline> {
  const { kernel, constants, aligned } = dispatch;
  const key = JSON.stringify([kernel.name, Object.entries(constants).sort(), [...aligned].sort()]);
  const cached = bench.pipelines.get(key);
  if (cached) return cached;
  const created = createPipeline(device, dispatch);
  bench.pipelines.set(key, created);
  return created;
}

async function createPipeline(device: GPUDevice, dispatch: Dispatch): Promise<GPUComputePipeline> {
  const { kernel, constants, aligned } = dispatch;
  const code = withAlignmentChecked(kernel.source, aligned);
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ label: kernel.name, code });
  const error = await device.popErrorScope();
  const { messages } = await module.getCompilationInfo();
  const lines = messages.map(({ lineNum, linePos, message }) => `\n  ${lineNum}:${linePos} ${message}`);
  if (error || lines.length > 0)
    throw new Error(`${kernel.name}.wgsl: ${error?.message ?? ""}${lines.join("")}`);
  return await device.createComputePipelineAsync({
    label: kernel.name,
    layout: "auto",
    compute: { module, entryPoint: "main", constants: { ...constants } },
  });
}

/** The shader, with the 4-wide accesses of aligned ports made to fail where they are not aligned. */
function withAlignmentChecked(source: string, aligned: readonly string[]): string {
  for (const port of aligned) {
    const load = new RegExp(`(fn load_${port}4\\(i: u32\\) -> (vec4<\\w+>) \\{)`);
    const store = new RegExp(`(fn store_${port}4\\(i: u32, v: vec4<\\w+>\\) \\{)`);
    if (!load.test(source) && !store.test(source)) {
      throw new Error(`port ${port} is called aligned and has no 4-wide access`);
    }
    source = source
      .replace(load, `$1\n  if ((i & 3u) != 0u) { return bitcast<$2>(vec4<u32>(${QUIET_NAN}u | (i & 3u))); }`)
      .replace(store, "$1\n  if ((i & 3u) != 0u) { return; }");
  }
  return source;
}

function paramBytes({ kernel, params }: Dispatch): ArrayBuffer {
  const fields = Object.entries(kernel.params);
  // A uniform buffer's size is counted in 16 bytes.
  const bytes = new DataView(new ArrayBuffer(roundUp(Math.max(1, 4 * fields.length), 16)));
  fields.forEach(([name, type], index) => {
    const value = assertPresent(params[name], `parameter ${name} of ${kernel.name}`);
    if (type === "u32") bytes.setUint32(4 * index, value, true);
    else if (type === "i32") bytes.setInt32(4 * index, value, true);
    else bytes.setFloat32(4 * index, value, true);
  });
  return bytes.buffer;
}

function filled(sizeBytes: number, word: number): ArrayBuffer {
  return new Uint32Array(sizeBytes / 4).fill(word).buffer;
}

function followedByNaN(data: HostData): ArrayBuffer {
  const bytes = filled(roundUp(data.byteLength, 16) + GUARD_BYTES, QUIET_NAN);
  new Uint8Array(bytes).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return bytes;
}

function uploaded(device: GPUDevice, label: string, bytes: ArrayBuffer, kind?: number): GPUBuffer {
  const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
  const usage = (kind ?? STORAGE) | COPY_SRC | COPY_DST;
  const buffer = device.createBuffer({ label, size: bytes.byteLength, usage });
  device.queue.writeBuffer(buffer, 0, bytes);
  return buffer;
}

function requireUntouched(name: string, guard: Uint32Array): void {
  const first = guard.findIndex((word) => word !== UNWRITTEN);
  if (first >= 0) throw new Error(`${name} wrote element ${first} behind the end of its output's padding`);
}
