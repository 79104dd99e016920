// What a page and its worker say to each other, whatever is trained.
//
// Decides: the messages that every page has, and where its own ones go: single steps of a kind (`Turn`), requests
// (`Command`), what a run is told with when it is ready (`Ready`), and what is told on the way (`Event`). Everything in
// them goes through postMessage. A recorded run is a list of these messages.

import type { CurvePoint } from "./curve.ts";
import type { FailureReason } from "./deviceTrouble.ts";

/** The types of one page. */
export interface PageTypes {
  /** What a run is made of: plain data. */
  readonly Config: object;
  /** What is looked at on the way and kept with the run, so that it can be looked at again. */
  readonly Sample: { readonly step: number };
  readonly Ready: object;
  readonly Event: object;
  readonly Command: object;
  readonly Turn: object;
}

/** Where a run begins: at step 0; where the kept run stands that the settings mean, if any; where a file stands. */
export type RunStart = "beginning" | "saved" | "file";

export type ToWorker<P extends PageTypes> =
  /** Begins another run. The one that is under way ends once the other is there, and goes on where it cannot be had. */
  | {
      readonly kind: "start";
      readonly run: number;
      readonly config: Partial<P["Config"]>;
      readonly from: RunStart;
      readonly isRunning: boolean;
    }
  | { readonly kind: "play" }
  | { readonly kind: "pause" }
  /** One step, while paused, and a look at what it did. */
  | { readonly kind: "step"; readonly turn?: P["Turn"] }
  /** Settings that take effect at the next step. */
  | { readonly kind: "live"; readonly change: Partial<P["Config"]> }
  | { readonly kind: "command"; readonly command: P["Command"] }
  | { readonly kind: "files"; readonly files: readonly File[] }
  /** Asks for the run as a file. */
  | { readonly kind: "save" };

/** New points of curves, by the curves' names. */
export type CurvePoints = Readonly<Record<string, readonly CurvePoint[]>>;

/** What has happened in a run so far. */
export interface RunHistory<Sample> {
  readonly curves: CurvePoints;
  readonly samples: readonly Sample[];
}

export interface ReadyReport<P extends PageTypes> {
  readonly adapterName: string;
  readonly isSoftware: boolean;
  readonly config: P["Config"];
  readonly step: number;
  readonly parameterCount: number;
  readonly dispatchesPerStep: number;
  /** Something to tell the visitor about where the run begins; empty where there is nothing. */
  readonly notice: string;
  readonly history: RunHistory<P["Sample"]>;
  readonly own: P["Ready"];
}

export interface ProgressReport {
  /** Steps done. */
  readonly step: number;
  /** Whether all is told of the steps that were asked for, and no others are under way. */
  readonly isResting: boolean;
  /** Measured since the last report. */
  readonly points: CurvePoints;
  readonly stepsPerSecond: number;
  /** Examples, tokens, or what a step learns from. */
  readonly itemsPerSecond: number;
  readonly stepMs: number;
  /** What the GPU was busy with a step; undefined where it cannot tell. */
  readonly gpuMs: number | undefined;
  readonly liveBytes: number;
  readonly peakBytes: number;
}

/** What is said about one run. */
export type RunReport<P extends PageTypes> =
  /** What is done before the first step; of some things there are several. */
  | { readonly kind: "loading"; readonly text: string; readonly done: number; readonly total: number }
  | ({ readonly kind: "ready" } & ReadyReport<P>)
  | ({ readonly kind: "progress" } & ProgressReport)
  | { readonly kind: "sample"; readonly sample: P["Sample"] }
  | { readonly kind: "event"; readonly event: P["Event"] }
  /** The run is kept in the browser as it was after `step`; where it cannot be, `fault` says why. */
  | { readonly kind: "kept"; readonly step: number; readonly fault?: string }
  /** A loss was no number; training stopped, and went back to `backTo`. `where` says what first was none. */
  | { readonly kind: "broken"; readonly step: number; readonly where: string; readonly backTo: number };

export type FromWorker<P extends PageTypes> =
  | (RunReport<P> & { readonly run: number })
  /** Files were read: a run shall begin from them, with these settings. */
  | { readonly kind: "filesRead"; readonly change: Partial<P["Config"]>; readonly from: RunStart }
  /** What was asked for cannot be. `config` is of the run that goes on. */
  | { readonly kind: "refused"; readonly message: string; readonly config: P["Config"] | undefined }
  | { readonly kind: "saved"; readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }
  /** The worker can do no more. */
  | { readonly kind: "failed"; readonly reason: FailureReason; readonly message: string };
