// What this page and its worker say to each other beyond what all pages say.

import type { PageTypes } from "../_shell/messages.ts";
import type { JudgeQuality, Scores } from "./judge.ts";
import type { RunConfig } from "./runConfig.ts";

/** The fixed latents' pictures, after a number of steps. */
export interface GanSample {
  readonly step: number;
  /** As packedPictures.ts has them. */
  readonly pixels: string;
  /** Where a judge was there. */
  readonly scores?: Scores;
}

/** How the judge stands. */
export type JudgeState =
  /** There is none; `reason` says why, in a sentence. */
  | { readonly kind: "none"; readonly reason: string }
  | { readonly kind: "learning"; readonly done: number; readonly total: number }
  | { readonly kind: "ready"; readonly quality: JudgeQuality };

/** What the page wants to know when a run is ready. */
export interface DcganReady {
  /** Of the pictures that samples show: [pictures, latentSize]. */
  readonly latents: Float32Array;
  /** What each of them is told to show, where the networks are told. */
  readonly labels: readonly number[];
  /** What labels mean; none where pictures have no labels. */
  readonly classNames: readonly string[];
  /** Some real pictures [count, size, size], by class where they have one. */
  readonly real: Uint8Array;
  readonly pictureCount: number;
  readonly parameterCounts: { readonly generator: number; readonly discriminator: number };
  readonly judge: JudgeState;
}

export type DcganEvent =
  /** The fixed latents' pictures as they are now, which nobody keeps. */
  | { readonly kind: "looked"; readonly sample: GanSample }
  | { readonly kind: "judge"; readonly judge: JudgeState }
  /** What `draw` asked for: gray pictures [count, size, size]. */
  | { readonly kind: "drawn"; readonly id: string; readonly pixels: Uint8Array };

export interface DcganCommand {
  readonly kind: "draw";
  /** Comes back with the pictures. */
  readonly id: string;
  /** [count, latentSize]. */
  readonly latents: Float32Array;
  readonly labels: readonly number[];
}

export interface DcganTypes extends PageTypes {
  readonly Config: RunConfig;
  readonly Sample: GanSample;
  readonly Ready: DcganReady;
  readonly Event: DcganEvent;
  readonly Command: DcganCommand;
  readonly Turn: never;
}

/** Curves of a run. */
export const CURVES = {
  discriminator: "discriminator loss",
  generator: "generator loss",
  confidence: "judge's confidence",
  rarest: "share of the rarest class",
} as const;

/** The pictures of a sample, in rows of one picture for each class. */
export const SHEET = { columns: 10, rows: 8 } as const;
/** Real pictures that are sent. */
export const REAL_SHOWN = 20;
