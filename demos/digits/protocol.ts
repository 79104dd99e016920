// What the page and its worker say to each other. Everything that goes through postMessage stands here.

import type { CurvePoint } from "../shared/curve.ts";
import type { FailureReason } from "../shared/deviceTrouble.ts";

export type DataSource = "generated" | "mnist";

/** What a run is made of. */
export interface RunConfig {
  readonly seed: number;
  readonly batchSize: number;
  /** Pictures to train on. */
  readonly trainCount: number;
  readonly learningRate: number;
  readonly source: DataSource;
}

/** What the page asks for; what it leaves out, the worker chooses to suit the adapter. */
export type WantedConfig = Pick<RunConfig, "seed" | "learningRate" | "source"> & Partial<RunConfig>;

export type ToWorker =
  /** Ends the run that is under way and begins another. */
  | {
      readonly kind: "start";
      readonly run: number;
      readonly config: WantedConfig;
      readonly isRunning: boolean;
    }
  | { readonly kind: "play" }
  | { readonly kind: "pause" }
  /** One step, while paused. */
  | { readonly kind: "step" }
  | { readonly kind: "learningRate"; readonly value: number }
  /** The picture to look at from now on: gray values [28, 28], or undefined for none. */
  | { readonly kind: "look"; readonly pixels: Uint8Array | undefined }
  /** MNIST files, for runs that begin from now on. */
  | { readonly kind: "files"; readonly files: readonly File[] }
  | { readonly kind: "weights" };

/** What is done before the first step. */
export type LoadingStage = "device" | "data" | "pipelines" | "test";

/** What the network makes of the picture it looks at. */
export interface Activations {
  readonly probabilities: Float32Array; // [10]
  readonly filters: Float32Array; // [6, 5, 5]
  readonly firstMaps: Float32Array; // [6, 28, 28]
  readonly secondMaps: Float32Array; // [16, 10, 10]
}

/** Pictures of the test set that the page shows. */
export interface Examples {
  readonly images: Uint8Array; // [count, 28, 28]
  readonly labels: Uint8Array; // [count]
}

export interface ReadyReport {
  readonly adapterName: string;
  readonly isSoftware: boolean;
  readonly config: RunConfig;
  readonly testCount: number;
  readonly parameterCount: number;
  readonly dispatchesPerStep: number;
  readonly examples: Examples;
}

export interface ProgressReport {
  /** Steps done. */
  readonly step: number;
  /** Examples seen, in multiples of the training set. */
  readonly epochs: number;
  /** Training losses measured since the last report. */
  readonly losses: readonly CurvePoint[];
  readonly stepsPerSecond: number;
  readonly examplesPerSecond: number;
  readonly stepMs: number;
  readonly liveBytes: number;
  readonly peakBytes: number;
}

export interface EvaluationReport {
  readonly step: number;
  readonly loss: number;
  /** 0 to 1. */
  readonly accuracy: number;
  /** What each of the shown examples is taken for. */
  readonly predictions: Uint8Array;
}

/** What is said about one run. */
export type RunReport =
  | { readonly kind: "loading"; readonly stage: LoadingStage; readonly done: number; readonly total: number }
  | ({ readonly kind: "ready" } & ReadyReport)
  | ({ readonly kind: "progress" } & ProgressReport)
  | ({ readonly kind: "evaluated" } & EvaluationReport)
  | ({ readonly kind: "activations" } & Activations)
  | { readonly kind: "weights"; readonly step: number; readonly bytes: Uint8Array<ArrayBuffer> };

export type FromWorker =
  | (RunReport & { readonly run: number })
  /** The files can be used. */
  | { readonly kind: "filesRead"; readonly trainCount: number; readonly testCount: number }
  /** They cannot; the run that is under way goes on. */
  | { readonly kind: "filesRejected"; readonly message: string }
  /** The worker can do no more. */
  | { readonly kind: "failed"; readonly reason: FailureReason; readonly message: string };
