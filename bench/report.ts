// What the benchmark's page and the script that opens it say to each other, and what stands in the report.

export const kernelCaseNames = ["matmul-256", "matmul-512", "softmax-512", "sum-1m", "chain-1m"] as const;
export const defaultCaseNames = ["train-lenet", "train-gpt", ...kernelCaseNames] as const;
/** The last is measured only where it is asked for: in software a call takes seconds. */
export const caseNames = [...defaultCaseNames, "attention-1024"] as const;
export const engineNames = ["ours", "jax", "tfjs"] as const;

export type KernelCaseName = (typeof kernelCaseNames)[number];
export type CaseName = (typeof caseNames)[number];
export type EngineName = (typeof engineNames)[number];

/** One case on one engine. Each gets a page of its own. */
export interface PageSettings {
  readonly case: CaseName;
  readonly engine: EngineName;
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

/** A case that is ready to be timed: its result is right. */
export interface OpenedCase extends GpuCounts {
  /** Calls that make up a sample. */
  readonly callsPerSample: number;
  /** From the first call, with everything on the device, to its result on the CPU. */
  readonly firstCallMs: number;
  /** What the plan takes beside arguments and results, where there is a plan. */
  readonly plannedBytes?: number;
  /** Of the first steps of a training case. */
  readonly losses?: readonly number[];
  /** Tokens that a step learns from, where it learns from tokens. */
  readonly tokensPerCall?: number;
}

/** `callsPerSample` calls and one read-back. */
export interface Sample {
  readonly timeMs: number;
  /** The most bytes that stood in the page's GPU buffers so far, made and not destroyed. */
  readonly peakBytes: number;
}

export interface Measurement extends OpenedCase {
  /** Per call, over `samples` samples. */
  readonly medianMs: number;
  /** Third quartile less first. */
  readonly spreadMs: number;
  readonly samples: number;
  readonly peakBytes: number;
}

export type PageAnswer<T> = { readonly value: T } | { readonly failure: string };

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
