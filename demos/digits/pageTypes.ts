// What this page and its worker say to each other beyond what all pages say.

import type { PageTypes } from "../_shell/messages.ts";
import type { RunConfig } from "./runConfig.ts";

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

export type DigitsEvent =
  | ({ readonly kind: "activations" } & Activations)
  /** What each of the shown examples is taken for. */
  | { readonly kind: "predictions"; readonly predictions: Uint8Array }
  | { readonly kind: "weights"; readonly step: number; readonly bytes: Uint8Array<ArrayBuffer> };

export type DigitsCommand =
  /** The picture to look at from now on: gray values [28, 28], or undefined for none. */
  | { readonly kind: "look"; readonly pixels: Uint8Array | undefined }
  /** Asks for the weights as a file. */
  | { readonly kind: "weights" };

export interface DigitsTypes extends PageTypes {
  readonly Config: RunConfig;
  readonly Sample: never;
  readonly Ready: { readonly examples: Examples };
  readonly Event: DigitsEvent;
  readonly Command: DigitsCommand;
  readonly Turn: never;
}

/** Curves of a run. */
export const CURVES = {
  trainLoss: "training loss",
  testLoss: "test loss",
  testAccuracy: "test accuracy, %",
} as const;
