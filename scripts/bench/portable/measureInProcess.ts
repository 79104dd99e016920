// One case in a process of its own: what must come out is computed here, what comes out there.

import { enginesFor } from "../../../bench/caseList.ts";
import { caseTerms } from "../../../bench/caseTerms.ts";
import { measurementOf } from "../../../bench/figures/measurementOf.ts";
import { opLimitMs, stepLimitMs } from "../../../bench/limits.ts";
import type { PageAnswer, ReportRow, Sample } from "../../../bench/report.ts";
import type { CaseSettings } from "../../../bench/takeTurns.ts";
import { oneLine } from "../../oneLine.ts";
import { CaseProcess } from "./caseProcess.ts";

export interface InProcess {
  /** What the process runs. */
  readonly script: string;
  readonly isSoftware: boolean;
  /** Of this engine. */
  readonly version: string;
}

/** `reps` samples on our engine, or, of a floor, on WebGPU alone. */
export async function measureInProcess(
  { script, isSoftware, version }: InProcess,
  settings: CaseSettings,
  reps: number,
): Promise<ReportRow> {
  const [engine] = enginesFor(settings.case, ["ours"]);
  const { expectations, cost, repeats } = caseTerms(settings.case, settings.scale);
  const head = { case: settings.case, engine, version, ...cost };
  const limitMs = expectations === undefined ? stepLimitMs : opLimitMs;
  const caseProcess = new CaseProcess(script, isSoftware);
  try {
    const given = { ...settings, engine, expectations, expectedLosses: undefined };
    const opened = required(await caseProcess.ask({ ask: "open", settings: given }, limitMs));
    const samples: Sample[] = [];
    for (let round = 0; round < reps; round++) {
      samples.push(required(await caseProcess.ask({ ask: "sample" }, limitMs)));
    }
    return { ...head, ...measurementOf(opened, samples, repeats) };
  } catch (error) {
    return { ...head, failure: oneLine(error) };
  } finally {
    caseProcess.kill();
  }
}

/** What was asked for. Throws where that failed. */
export function required<T>(answer: PageAnswer<T>): T {
  if ("failure" in answer) throw new Error(answer.failure);
  return answer.value;
}
