// What the page and its worker say to each other. Everything that goes through postMessage stands here.

import type { CurvePoint } from "../shared/curve.ts";
import type { FailureReason } from "../shared/deviceTrouble.ts";
import type { InspectReply, InspectRequest } from "./inspect/inspectTypes.ts";
import type { RunConfig, WantedConfig } from "./runConfig.ts";

/** Where a run begins. */
export type RunStart =
  /** At step 0. */
  | "beginning"
  /** Where the run was saved that the configuration means; at step 0 where none was. */
  | "saved"
  /** Where the files that were read last stand. */
  | "files";

export interface WriteOptions {
  readonly maxTokens: number;
  readonly temperature: number;
  /** All tokens where undefined. */
  readonly topK: number | undefined;
  readonly topP: number;
}

/** What is said of a text once it is written. */
export interface WritingEnd {
  /** 0 where too little was written to tell. */
  readonly tokensPerSecond: number;
  /** Of a task's answer: what it means, and whether it is right. */
  readonly remark?: string;
  /** Why nothing was written, where it is for a fault of the prompt. */
  readonly fault?: string;
}

export type ToWorker =
  /** Begins another run. The one that is under way ends once the other is there, and goes on where it cannot be had. */
  | {
      readonly kind: "start";
      readonly run: number;
      readonly config: WantedConfig;
      readonly from: RunStart;
      readonly isRunning: boolean;
    }
  | { readonly kind: "play" }
  | { readonly kind: "pause" }
  /** One step, while paused. */
  | { readonly kind: "step" }
  | { readonly kind: "learningRate"; readonly value: number }
  /** Goes on with a prompt; ends what is being written. */
  | {
      readonly kind: "write";
      readonly id: number;
      readonly prompt: string;
      readonly options: WriteOptions;
    }
  | { readonly kind: "stopWriting" }
  | { readonly kind: "inspect"; readonly id: number; readonly request: InspectRequest }
  /** A text to learn, or a saved model. */
  | { readonly kind: "files"; readonly files: readonly File[] }
  /** Asks for the run as a file. */
  | { readonly kind: "save" };

/** What is done before the first step. */
export type LoadingStage = "device" | "text" | "tokenizer" | "pipelines";

/** One prompt of a sample, and what the model wrote. */
export interface SampleLine {
  readonly prompt: string;
  readonly text: string;
  /** Of a task: whether the answer is right, the item as a person would write it, and as it should be. */
  readonly verdict?: { readonly isRight: boolean; readonly shown: string; readonly expected: string };
}

/** What the model wrote at one step of its training. */
export interface Sample {
  readonly step: number;
  /** Of the last steps before it; NaN where there were none. */
  readonly loss: number;
  readonly lines: readonly SampleLine[];
}

export interface ValidationPoint {
  readonly step: number;
  readonly loss: number;
  /** 0 to 1, of whole answers; undefined for texts. */
  readonly exactAccuracy: number | undefined;
}

/** What has happened in a run so far. */
export interface RunHistory {
  readonly losses: readonly CurvePoint[];
  readonly validations: readonly ValidationPoint[];
  readonly samples: readonly Sample[];
}

export interface ReadyReport {
  readonly adapterName: string;
  readonly isSoftware: boolean;
  readonly config: RunConfig;
  readonly step: number;
  readonly vocabularySize: number;
  /** Characters of the text; 0 for tasks. */
  readonly characterCount: number;
  readonly parameterCount: number;
  readonly tokensPerStep: number;
  readonly dispatchesPerStep: number;
  /** What samples begin with. */
  readonly prompts: readonly string[];
  /** Something longer to look at. */
  readonly passage: string;
  /** Something to tell the visitor about where the run begins; empty where there is nothing. */
  readonly notice: string;
  readonly history: RunHistory;
}

export interface ProgressReport {
  /** Steps done. */
  readonly step: number;
  /** Training losses measured since the last report. */
  readonly losses: readonly CurvePoint[];
  readonly stepsPerSecond: number;
  readonly tokensPerSecond: number;
  readonly stepMs: number;
  readonly liveBytes: number;
  readonly peakBytes: number;
}

/** What is said about one run. */
export type RunReport =
  | { readonly kind: "loading"; readonly stage: LoadingStage; readonly done: number; readonly total: number }
  | ({ readonly kind: "ready" } & ReadyReport)
  | ({ readonly kind: "progress" } & ProgressReport)
  | ({ readonly kind: "validated" } & ValidationPoint)
  /** A sample begins; its lines are empty. */
  | { readonly kind: "sampleBegun"; readonly sample: Sample }
  /** More of its line number `line`. */
  | { readonly kind: "sampleText"; readonly line: number; readonly text: string }
  /** The sample as it is at last. */
  | { readonly kind: "sampleEnded"; readonly sample: Sample }
  /** The run is kept in the browser as it was after `step`; where it cannot be, `fault` says why. */
  | { readonly kind: "kept"; readonly step: number; readonly fault?: string };

export type FromWorker =
  | (RunReport & { readonly run: number })
  | { readonly kind: "written"; readonly id: number; readonly text: string }
  /** Nothing more is written. */
  | ({ readonly kind: "writingEnded"; readonly id: number } & WritingEnd)
  | { readonly kind: "inspected"; readonly id: number; readonly reply: InspectReply }
  /** A text was read, and can be learned. */
  | { readonly kind: "textRead"; readonly name: string; readonly fingerprint: string }
  /** A model was read; `config` is what it was made with, where the files say. */
  | { readonly kind: "modelRead"; readonly config: RunConfig | undefined }
  /** What was asked for cannot be. `config` is of the run that goes on. */
  | { readonly kind: "refused"; readonly message: string; readonly config: RunConfig | undefined }
  | { readonly kind: "saved"; readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }
  /** The worker can do no more. */
  | { readonly kind: "failed"; readonly reason: FailureReason; readonly message: string };
