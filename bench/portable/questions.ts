// What a run without a browser says to the process that has the GPU, and what comes back: each question has one answer.

import type { LadderResult } from "../kernels/ladderReport.ts";
import type { LadderSettings } from "../kernels/measureLadder.ts";
import type { OpenedCase, PageSettings, ProfileName, Sample } from "../report.ts";

export type Question =
  | { readonly ask: "describe" }
  | { readonly ask: "open"; readonly settings: PageSettings }
  | { readonly ask: "sample" }
  | { readonly ask: "climb"; readonly settings: LadderSettings; readonly profile: ProfileName | undefined };

export interface Answers {
  readonly describe: NodeAdapter;
  readonly open: OpenedCase;
  readonly sample: Sample;
  readonly climb: LadderResult;
}

/** The adapter that cases get. */
export interface NodeAdapter {
  readonly isSoftware: boolean;
  /** Vendor, architecture and, of hardware, the device. */
  readonly name: string;
  readonly driver: string;
}
