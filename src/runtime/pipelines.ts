// Pipelines: made once for each shader text and set of constants, asynchronously and side by side.

import { DeviceError } from "../base/errors.ts";
import type { PlanShader } from "../compile/plan.ts";
import { SHADER_STAGE_COMPUTE } from "./usage.ts";

/** A pipeline and the layout of its one bind group. */
export interface ReadyPipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** All pipelines of a device. */
export class PipelineCache {
  private readonly device: GPUDevice;
  private readonly ready = new Map<string, ReadyPipeline>();
  private readonly pending = new Map<string, Promise<ReadyPipeline>>();
  private readonly layouts = new Map<string, GPUBindGroupLayout>();

  constructor(device: GPUDevice) {
    this.device = device;
  }

  /** Pipelines made so far. */
  get size(): number {
    return this.ready.size;
  }

  /** The pipelines where all are made already, so that nobody need wait. */
  find(shaders: readonly PlanShader[]): ReadyPipeline[] | undefined {
    const found = shaders.map((shader) => this.ready.get(keyOf(shader)));
    return found.every((pipeline) => pipeline !== undefined) ? found : undefined;
  }

  /** Makes what is missing, all at once. Rejects with a DeviceError that shows the faulty line of a shader. */
  async make(
    shaders: readonly PlanShader[],
    onProgress?: (done: number, total: number) => void,
  ): Promise<ReadyPipeline[]> {
    let done = 0;
    return Promise.all(
      shaders.map(async (shader) => {
        const pipeline = await this.makeOne(shader);
        done += 1;
        onProgress?.(done, shaders.length);
        return pipeline;
      }),
    );
  }

  private makeOne(shader: PlanShader): Promise<ReadyPipeline> {
    const key = keyOf(shader);
    const known = this.pending.get(key);
    if (known !== undefined) return known;
    const made = this.build(shader).then((pipeline) => {
      this.ready.set(key, pipeline);
      return pipeline;
    });
    this.pending.set(key, made);
    return made;
  }

  private async build(shader: PlanShader): Promise<ReadyPipeline> {
    const { label, wgsl, constants } = shader;
    const layout = this.layoutOf(shader);
    // A faulty module is reported below, by its line; the scope keeps it from being reported as an uncaught error too.
    this.device.pushErrorScope("validation");
    const module = this.device.createShaderModule({ label, code: wgsl });
    void this.device.popErrorScope();
    try {
      const pipeline = await this.device.createComputePipelineAsync({
        label,
        layout: this.device.createPipelineLayout({ label, bindGroupLayouts: [layout] }),
        compute: { module, entryPoint: "main", constants: { ...constants } },
      });
      return { pipeline, layout };
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new DeviceError("shader", `${label}: ${await explain(module, wgsl, reason)}`);
    }
  }

  private layoutOf({ label, bindings }: PlanShader): GPUBindGroupLayout {
    const key = bindings.join(",");
    const known = this.layouts.get(key);
    if (known !== undefined) return known;
    const types = { uniform: "uniform", read: "read-only-storage", read_write: "storage" } as const;
    const layout = this.device.createBindGroupLayout({
      label,
      entries: bindings.map((kind, binding) => ({
        binding,
        visibility: SHADER_STAGE_COMPUTE,
        buffer: { type: types[kind] },
      })),
    });
    this.layouts.set(key, layout);
    return layout;
  }
}

function keyOf({ wgsl, constants }: PlanShader): string {
  return `${wgsl}\n${JSON.stringify(constants)}`;
}

/** The compiler's first complaint with its source line and a caret, or `fallback`. */
async function explain(module: GPUShaderModule, wgsl: string, fallback: string): Promise<string> {
  const { messages } = await module.getCompilationInfo();
  const first = messages.find(({ type }) => type === "error");
  if (first === undefined) return fallback;
  const line = wgsl.split("\n")[first.lineNum - 1] ?? "";
  const caret = " ".repeat(Math.max(0, first.linePos - 1));
  return `line ${first.lineNum}: ${first.message}\n  ${line}\n  ${caret}^`;
}
