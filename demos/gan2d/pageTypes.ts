// What this page and its worker say to each other beyond what all pages say.

import type { PageTypes } from "../_shell/messages.ts";
import type { Modes } from "./distributions.ts";
import type { Look, LookSizes, Turn } from "./gan2dTraining.ts";
import type { RunConfig } from "./runConfig.ts";

/** What the page wants to know when a run is ready. */
export interface Gan2dReady {
  readonly parameterCounts: { readonly generator: number; readonly discriminator: number };
  readonly lookSizes: LookSizes;
  /** Real points: [points, 2]. */
  readonly real: Float32Array;
  readonly modes: Modes | undefined;
}

export type Gan2dEvent =
  /** `turn` is the single one that was asked for, if it was. */
  | { readonly kind: "looked"; readonly look: Look; readonly turn: Turn | undefined }
  /** Other points are learned. */
  | { readonly kind: "real"; readonly points: Float32Array };

export interface Gan2dTypes extends PageTypes {
  readonly Config: RunConfig;
  /** Points move too quickly for samples; a recorded run shows them over time. */
  readonly Sample: never;
  readonly Ready: Gan2dReady;
  readonly Event: Gan2dEvent;
  readonly Command: never;
  /** Who learns, and whether that counts as a step. */
  readonly Turn: { readonly turn: Turn; readonly counts: boolean };
}

/** Curves of a run. */
export const CURVES = {
  discriminator: "discriminator loss",
  generator: "generator loss",
  kl: "KL divergence",
  js: "JS divergence",
  covered: "modes covered",
  within: "share within 3 standard deviations",
} as const;
