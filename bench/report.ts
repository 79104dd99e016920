// What the benchmark's page and the script that opens it say to each other, and what stands in the report.

export const kernelCaseNames = ["matmul-256", "matmul-512", "softmax-512", "sum-1m", "chain-1m"] as const;
export const caseNames = ["train-lenet", ...kernelCaseNames] as const;
export const engineNames = ["ours", "jax", "tfjs"] as const;

export type KernelCaseName = (typeof kernelCaseNames)[number];
export type CaseName = (typeof caseNames)[number];
export type EngineName = (typeof engineNames)[number];

/** One case on one engine. Each gets a page of its own. */
export interface PageSettings {
  readonly case: CaseName;
  readonly engine: EngineName;
  readonly reps: number;
  /** Losses that a training case has to reproduce; undefined for the engine that sets them. */
  readonly expectedLosses: readonly number[] | undefined;
}

/** All counts are per steady call, read-back left out, counted at the WebGPU interface. */
export interface GpuCounts {
  readonly dispatches: number;
  readonly submits: number;
  readonly createBuffer: number;
  readonly createBindGroup: number;
  readonly createPipeline: number;
}

export interface Measurement extends GpuCounts {
  /** Per call, over `samples` samples of `callsPerSample` calls and one read-back. */
  readonly medianMs: number;
  /** Third quartile less first. */
  readonly spreadMs: number;
  readonly samples: number;
  readonly callsPerSample: number;
  /** From the first call, with everything on the device, to its result on the CPU. */
  readonly firstCallMs: number;
  /** The most bytes in GPU buffers that were made and not destroyed. */
  readonly peakBytes: number;
  /** What the plan says it needs of its own, where there is a plan. */
  readonly plannedBytes?: number;
  /** Of the first steps of a training case. */
  readonly losses?: readonly number[];
}

export type PageAnswer = { readonly measurement: Measurement } | { readonly failure: string };

export type ReportRow = { readonly case: CaseName; readonly engine: EngineName; readonly version: string } & (
  | Measurement
  | { readonly failure: string }
);

export interface Report {
  readonly adapter: string;
  readonly browser: string;
  readonly date: string;
  readonly cases: readonly ReportRow[];
}
