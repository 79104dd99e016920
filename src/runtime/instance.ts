// A plan with buffers: everything that a run needs, made once, so that a run makes nothing.

import { assertPresent } from "../base/assert.ts";
import type { Plan } from "../compile/plan.ts";
import type { ReadyPipeline } from "./pipelines.ts";
import { BUFFER_USAGE } from "./usage.ts";

/** One launch, ready to encode. */
export interface Launch {
  readonly label: string;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly workgroups: readonly [number, number, number];
}

/** A plan whose every buffer is there. */
export interface Instance {
  readonly plan: Plan;
  readonly buffers: readonly GPUBuffer[];
  readonly uniforms: GPUBuffer;
  readonly launches: readonly Launch[];
}

/** The uniform buffer of a plan, written. */
export function createUniforms(device: GPUDevice, plan: Plan): GPUBuffer {
  const { uniforms } = plan;
  const usage = BUFFER_USAGE.UNIFORM | BUFFER_USAGE.COPY_DST;
  const buffer = device.createBuffer({ label: "tilegrad uniforms", size: uniforms.byteLength, usage });
  device.queue.writeBuffer(buffer, 0, uniforms);
  return buffer;
}

/** Binds `buffers`, one for each buffer of the plan. */
export function createInstance(
  device: GPUDevice,
  plan: Plan,
  pipelines: readonly ReadyPipeline[],
  buffers: readonly GPUBuffer[],
  uniforms: GPUBuffer,
): Instance {
  const launches = plan.dispatches.map(({ label, shader, bindings, workgroups }) => {
    const { pipeline, layout } = assertPresent(pipelines[shader], "a pipeline");
    const entries = bindings.map((bound, binding) => ({
      binding,
      resource:
        "buffer" in bound
          ? { buffer: buffers[bound.buffer], offset: bound.offset, size: bound.sizeBytes }
          : { buffer: uniforms, offset: bound.uniformOffset, size: bound.sizeBytes },
    }));
    return { label, pipeline, bindGroup: device.createBindGroup({ label, layout, entries }), workgroups };
  });
  return { plan, buffers, uniforms, launches };
}

/** Encodes launches `from` … `to - 1` as one pass. */
export function encodePass(
  encoder: GPUCommandEncoder,
  launches: readonly Launch[],
  from: number,
  to: number,
): void {
  if (from === to) return;
  const pass = encoder.beginComputePass({ label: "tilegrad" });
  let current: GPUComputePipeline | undefined;
  for (let i = from; i < to; i++) {
    const { pipeline, bindGroup, workgroups } = launches[i];
    if (pipeline !== current) pass.setPipeline(pipeline);
    current = pipeline;
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(workgroups[0], workgroups[1], workgroups[2]);
  }
  pass.end();
}
