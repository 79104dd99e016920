// What this page and its worker say to each other beyond what all pages say.

import type { PageTypes } from "../_shell/messages.ts";
import type { InspectReply, InspectRequest } from "./inspect/inspectTypes.ts";
import type { RunConfig } from "./runConfig.ts";

/** What the page wants to know when a run is ready. */
export interface GptReady {
  readonly vocabularySize: number;
  /** Characters of the text; 0 for tasks. */
  readonly characterCount: number;
  /** What samples begin with. */
  readonly prompts: readonly string[];
  /** Something longer to look at. */
  readonly passage: string;
}

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
  /** Of the last steps before it; undefined where there were none. */
  readonly loss: number | undefined;
  readonly lines: readonly SampleLine[];
}

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

export type GptCommand =
  /** Goes on with a prompt; ends what is being written. */
  | { readonly kind: "write"; readonly id: number; readonly prompt: string; readonly options: WriteOptions }
  | { readonly kind: "stopWriting" }
  | { readonly kind: "inspect"; readonly id: number; readonly request: InspectRequest };

export type GptEvent =
  /** A sample as far as it is written. It is told as a sample once it is complete. */
  | { readonly kind: "sampling"; readonly sample: Sample }
  /** More of what goes on from the visitor's prompt. */
  | { readonly kind: "written"; readonly id: number; readonly text: string }
  /** Nothing more is written. */
  | ({ readonly kind: "writingEnded"; readonly id: number } & WritingEnd)
  | { readonly kind: "inspected"; readonly id: number; readonly reply: InspectReply };

export interface GptTypes extends PageTypes {
  readonly Config: RunConfig;
  readonly Sample: Sample;
  readonly Ready: GptReady;
  readonly Event: GptEvent;
  readonly Command: GptCommand;
  readonly Turn: never;
}

/** Curves of a run. */
export const CURVES = {
  training: "training loss",
  validation: "validation loss",
  /** In percent; tasks have it. */
  exact: "exact answers",
} as const;
