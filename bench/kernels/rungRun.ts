// Running a rung in plain WebGPU: a shader, a bind group, dispatches, a read-back.
//
// Decides: all calls of a run stand in one pass and one submit, and a run is over when four bytes of the result have come
// back. The result starts as NaN, so that an element which nobody writes is seen.

import type { LadderProblem, RungWork } from "./rung.ts";

/** A rung that stands ready. */
export interface RunnableRung {
  /** Resolves when `calls` calls are over. */
  run(calls: number): Promise<void>;
  /** The result of the last call, without padding. */
  read(): Promise<ArrayLike<number>>;
  /** Names of the kernels that run, where the rung is not a file of its own. */
  readonly kernels?: readonly string[];
  dispose(): void;
}

/** Throws where the shader does not compile or the device refuses anything. */
export async function openRung(
  device: GPUDevice,
  source: string,
  { params }: Pick<LadderProblem, "params">,
  work: RungWork,
): Promise<RunnableRung> {
  device.pushErrorScope("validation");
  device.pushErrorScope("out-of-memory");
  const layout = bindingLayout(device, work);
  const pipelines = await compileLaunches(device, source, layout, work);
  const buffers = makeBuffers(device, params, work);
  const bindGroup = device.createBindGroup({
    layout,
    entries: buffers.bound.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  const errors = await Promise.all([device.popErrorScope(), device.popErrorScope()]);
  for (const error of errors) if (error) throw new Error(error.message);

  const copyBack = async (sizeBytes: number, calls: number) => {
    const encoder = device.createCommandEncoder();
    if (calls > 0) encodeCalls(encoder, pipelines, bindGroup, work, calls);
    const readback = sizeBytes === 4 ? buffers.few : buffers.whole();
    encoder.copyBufferToBuffer(buffers.output, 0, readback, 0, sizeBytes);
    device.queue.submit([encoder.finish()]);
    await readback.mapAsync(GPUMapMode.READ);
    return readback;
  };
  return {
    async run(calls) {
      const readback = await copyBack(4, calls);
      readback.unmap();
    },
    async read() {
      const readback = await copyBack(4 * work.outputElements, 0);
      const output = new Float32Array(readback.getMappedRange().slice(0));
      readback.destroy();
      return work.plain(output);
    },
    dispose() {
      for (const buffer of [...buffers.bound, buffers.few]) buffer.destroy();
    },
  };
}

function bindingLayout(device: GPUDevice, { inputs, scratchElements }: RungWork): GPUBindGroupLayout {
  const types: GPUBufferBindingType[] = [
    "uniform",
    ...inputs.map(() => "read-only-storage" as const),
    "storage",
    ...(scratchElements > 0 ? ["storage" as const] : []),
  ];
  const entries = types.map((type, binding) => ({
    binding,
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type },
  }));
  return device.createBindGroupLayout({ entries });
}

function compileLaunches(
  device: GPUDevice,
  code: string,
  layout: GPUBindGroupLayout,
  { launches }: RungWork,
): Promise<GPUComputePipeline[]> {
  const module = device.createShaderModule({ code });
  const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [layout] });
  return Promise.all(
    launches.map(({ entryPoint }) =>
      device.createComputePipelineAsync({ layout: pipelineLayout, compute: { module, entryPoint } }),
    ),
  );
}

function makeBuffers(device: GPUDevice, params: readonly number[], work: RungWork) {
  const { STORAGE, UNIFORM, COPY_DST, COPY_SRC, MAP_READ } = GPUBufferUsage;
  const filled = (values: ArrayBuffer | Float32Array<ArrayBuffer>, usage: number) => {
    const size = 16 * Math.ceil(values.byteLength / 16);
    const buffer = device.createBuffer({ size, usage: usage | COPY_DST });
    device.queue.writeBuffer(buffer, 0, values);
    return buffer;
  };
  const output = filled(new Float32Array(work.outputElements).fill(Number.NaN), STORAGE | COPY_SRC);
  const bound = [
    filled(Uint32Array.from(params).buffer, UNIFORM),
    ...work.inputs.map((values) => filled(Float32Array.from(values), STORAGE)),
    output,
  ];
  if (work.scratchElements > 0) {
    bound.push(device.createBuffer({ size: 4 * work.scratchElements, usage: STORAGE }));
  }
  const mappable = (size: number) => device.createBuffer({ size, usage: MAP_READ | COPY_DST });
  return { bound, output, few: mappable(4), whole: () => mappable(4 * work.outputElements) };
}

function encodeCalls(
  encoder: GPUCommandEncoder,
  pipelines: readonly GPUComputePipeline[],
  bindGroup: GPUBindGroup,
  { launches }: RungWork,
  calls: number,
): void {
  const pass = encoder.beginComputePass();
  pass.setBindGroup(0, bindGroup);
  for (let call = 0; call < calls; call++) {
    launches.forEach(({ workgroups }, index) => {
      pass.setPipeline(pipelines[index]);
      pass.dispatchWorkgroups(...workgroups);
    });
  }
  pass.end();
}
