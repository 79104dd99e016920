// What the page of the benchmark asks its workers, and what comes back: each question has one answer.

import type { Scale } from "../../bench/cases/opCase.ts";
import type { CaseTerms } from "../../bench/caseTerms.ts";
import type { OpenedCase, PageSettings, Sample } from "../../bench/report.ts";
import type { FailureReason } from "../_shell/deviceTrouble.ts";

export type Question =
  | { readonly ask: "describe" }
  | { readonly ask: "terms"; readonly case: string; readonly scale: Scale }
  | { readonly ask: "open"; readonly settings: PageSettings }
  | { readonly ask: "sample" };

/** The adapter that cases get. */
export interface FoundAdapter {
  readonly name: string;
  readonly isSoftware: boolean;
}

export interface Answers {
  readonly describe: FoundAdapter;
  readonly terms: CaseTerms;
  readonly open: OpenedCase;
  readonly sample: Sample;
}

export type FromBenchWorker =
  | { readonly value: Answers[keyof Answers] }
  /** `reason`: where the GPU cannot be used. */
  | { readonly failure: string; readonly reason?: FailureReason };
