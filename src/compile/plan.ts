// Plans: what the runtime runs. Plain data; the GPU side sees nothing else.

import type { ChoiceOrigin } from "../kernels/choice.ts";
import type { WorkgroupCount } from "../kernels/kernel.ts";
import type { Dtype } from "../tensor/dtype.ts";
import type { Shape } from "../tensor/shape.ts";

/** A buffer of the plan: one that is handed in (input `input`), or one that the plan owns. */
export interface PlanBuffer {
  readonly input: number | undefined;
  readonly sizeBytes: number;
}

/** One shader with its constants: one pipeline. */
export interface PlanShader {
  readonly label: string;
  readonly wgsl: string;
  readonly constants: Readonly<Record<string, number>>;
  /** How each binding of group 0 is declared, in order. */
  readonly bindings: readonly ("uniform" | "read" | "read_write")[];
}

/** A range of a buffer of the plan. */
export interface PlanRange {
  readonly buffer: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** What is bound: a range of a buffer, or of the uniform buffer. */
export type PlanBinding = PlanRange | { readonly uniformOffset: number; readonly sizeBytes: number };

/** Which of several launches was taken for a class of shapes, and who said so. */
export interface PlanChoice {
  readonly key: string;
  readonly name: string;
  readonly from: ChoiceOrigin;
}

/** One launch. */
export interface PlanDispatch {
  readonly label: string;
  readonly shader: number;
  readonly bindings: readonly PlanBinding[];
  readonly workgroups: WorkgroupCount;
  /** Floating-point operations, and bytes of all that is bound, for estimates and profiles. */
  readonly flops: number;
  readonly bytes: number;
  /** Shape of the main result, for profiles. */
  readonly shape: Shape;
  /** What the kernel was chosen as, where there was a choice. */
  readonly choice?: PlanChoice;
}

/** A value that a call gives back. Its last bytes, which fill up a vec4, may reach beyond its buffer. */
export interface PlanOutput extends PlanRange {
  readonly shape: Shape;
  readonly dtype: Dtype;
}

/** Everything that a step does on the GPU. */
export interface Plan {
  readonly buffers: readonly PlanBuffer[];
  readonly shaders: readonly PlanShader[];
  readonly dispatches: readonly PlanDispatch[];
  /** The first dispatch of each submit; one entry unless the plan would keep the GPU from painting. */
  readonly submits: readonly number[];
  /** The parameters of all dispatches. */
  readonly uniforms: Uint8Array<ArrayBuffer>;
  readonly outputs: readonly PlanOutput[];
  /** Bytes of all buffers that the plan owns, and the least that the lives of its values allow. */
  readonly ownBytes: number;
  readonly lowerBoundBytes: number;
}

/** The plan as text: buffers, then a line a dispatch. */
export function printPlan(plan: Plan): string {
  const buffers = plan.buffers.map(({ input, sizeBytes }, index) =>
    input === undefined ? `b${index}: ${sizeBytes} bytes` : `b${index}: input ${input}, ${sizeBytes} bytes`,
  );
  const dispatches = plan.dispatches.map(({ label, bindings, workgroups, shader, shape }, index) => {
    const declared = plan.shaders[shader].bindings;
    const bound = bindings.flatMap((binding, slot) =>
      "buffer" in binding ? [`${declared[slot] === "read" ? "" : "*"}${printRange(binding)}`] : [],
    );
    const cut = index > 0 && plan.submits.includes(index) ? "-- submit --\n" : "";
    return `${cut}${index}: ${label} [${shape.join(", ")}] (${bound.join(", ")}) x ${workgroups.join("x")}`;
  });
  const outputs = plan.outputs.map(({ buffer, shape, dtype }) => `b${buffer} ${dtype}[${shape.join(", ")}]`);
  return [...buffers, ...dispatches, `return ${outputs.join(", ")}`].join("\n");
}

function printRange({ buffer, offset }: PlanRange): string {
  return offset === 0 ? `b${buffer}` : `b${buffer}+${offset}`;
}
