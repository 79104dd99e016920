// What the benchmark's page and the script that opens it say to each other, and what stands in the report.

import type { Scale } from "./cases/opCase.ts";
import type { Expectation } from "./expectation.ts";

/** Those that may be asked for. */
export const engineNames = ["ours", "jax", "tfjs", "ort"] as const;
/** "raw" is WebGPU itself, without a library: it measures the floors, and they are measured in nothing else. */
export type EngineName = (typeof engineNames)[number] | "raw";

export const profileNames = ["gpu", "fallback"] as const;
/** Which of its kernels our engine chooses. */
export type ProfileName = (typeof profileNames)[number];

/** One case on one engine. Each gets a page of its own. */
export interface PageSettings {
  readonly case: string;
  readonly engine: EngineName;
  readonly scale: Scale;
  /** Undefined: what our engine finds right for the adapter. */
  readonly profile: ProfileName | undefined;
  /** What the results of a case of one op have to be. */
  readonly expectations: readonly Expectation[] | undefined;
  /** Losses that a training case has to reproduce; undefined for the engine that sets them. */
  readonly expectedLosses: readonly number[] | undefined;
  /** Of a first step only the first call matters: nothing is tried out to find how many calls fill a sample. */
  readonly isFirstStep?: boolean;
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
  /** Of the first steps of a training case, one after the other; where two networks learn, both of each step. */
  readonly losses?: readonly number[];
  /** Tokens that a step learns from, where it learns from tokens. */
  readonly tokensPerCall?: number;
  /** What an engine's way of doing the case has that the others' have not. */
  readonly note?: string;
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

/** What a call of an op costs by its mathematics. */
export interface OpCost {
  readonly flops?: number;
  readonly bytes?: number;
}

/** A failure begins with "wrong" where a result is, and with "none" where the engine has no way of doing the case. */
export type ReportRow = {
  readonly case: string;
  readonly engine: EngineName;
  readonly version: string;
} & OpCost &
  (Measurement | { readonly failure: string });

export interface Report {
  readonly adapter: string;
  readonly browser: string;
  readonly date: string;
  /** Of the cases of one op: which of their sizes. */
  readonly scale: Scale;
  readonly profile: ProfileName | "automatic";
  readonly cases: readonly ReportRow[];
}
