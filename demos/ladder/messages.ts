// What the page of the ladders and its worker say to each other.

import type { LadderResult } from "../../bench/kernels/ladderReport.ts";
import type { LadderProgress } from "../../bench/kernels/measureLadder.ts";

/** From the page: measure every ladder, so many samples a rung. To end it, the page ends the worker. */
export interface StartLadders {
  readonly reps: number;
}

export type FromLadderWorker =
  | { readonly kind: "adapter"; readonly name: string; readonly isSoftware: boolean }
  | ({ readonly kind: "progress" } & LadderProgress)
  | { readonly kind: "result"; readonly result: LadderResult }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly message: string };
