// A visitor's run: case after case, each engine in a worker of its own.
//
// Decides: what must come out of the next few cases is computed in workers side by side, as many as half of the cores, and
// nothing is timed meanwhile; nothing is timed either while the page is out of sight, where browsers slow it down.

import { casesFor, enginesFor } from "../../bench/caseList.ts";
import type { Scale } from "../../bench/cases/opCase.ts";
import type { CaseTerms } from "../../bench/caseTerms.ts";
import { engineTitle } from "../../bench/figures/reportNumbers.ts";
import { opLimitMs } from "../../bench/limits.ts";
import type { EngineName, ProfileName, ReportRow } from "../../bench/report.ts";
import { takeTurns } from "../../bench/takeTurns.ts";
import type { FailureReason } from "../_shell/deviceTrouble.ts";
import { CaseWorker } from "./caseWorker.ts";
import type { FoundAdapter } from "./messages.ts";
import { versionOf } from "./peers.ts";

/** What the visitor wants. */
export interface BenchOrder {
  readonly cases: readonly string[];
  readonly engines: readonly EngineName[];
  /** Samples of each case and engine. */
  readonly reps: number;
  /** Undefined: as the adapter is. */
  readonly profile: ProfileName | undefined;
}

export interface BenchProgress {
  /** Undefined while what must come out is computed. */
  readonly case: string | undefined;
  /** Cases that are done. */
  readonly done: number;
  readonly total: number;
  /** What is done now, in words. */
  readonly doing: string;
  /** What was asked for and is not measured, since a call takes this adapter seconds. */
  readonly leftOut: readonly string[];
}

export interface BenchEvents {
  onAdapter(adapter: FoundAdapter): void;
  onProgress(progress: BenchProgress): void;
  onRows(rows: readonly ReportRow[]): void;
  /** Losses of a training case's first steps that are known for this scale. */
  knownLosses(name: string, scale: Scale): readonly number[] | undefined;
}

/** Why nothing can be measured. */
export class NoGpuError extends Error {
  override name = "NoGpuError";
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

const mostAhead = 4;

/** Resolves when all is measured. Throws NoGpuError where there is no GPU, and the signal's reason once it is aborted. */
export async function runBench(order: BenchOrder, events: BenchEvents, signal: AbortSignal): Promise<void> {
  const adapter = await describe(signal);
  events.onAdapter(adapter);
  const scale = adapter.isSoftware ? "software" : "hardware";
  const fitting = casesFor(undefined, scale);
  const names = order.cases.filter((name) => fitting.includes(name));
  const leftOut = order.cases.filter((name) => !fitting.includes(name));
  const ahead = Math.min(mostAhead, Math.max(1, Math.floor((navigator.hardwareConcurrency || 2) / 2)));
  for (let done = 0; done < names.length; done += ahead) {
    const next = names.slice(done, done + ahead);
    const progress = { total: names.length, leftOut };
    const doing = `computes in float64 what must come out of ${next.join(", ")}`;
    events.onProgress({ ...progress, case: undefined, done, doing });
    const terms = await Promise.all(next.map((name) => termsOf(name, scale, signal)));
    signal.throwIfAborted();
    for (const [place, name] of next.entries()) {
      const tell = (doing: string) =>
        events.onProgress({ ...progress, case: name, done: done + place, doing });
      events.onRows(await measureCase(name, terms[place], { order, scale, events, signal, tell }));
    }
  }
}

async function describe(signal: AbortSignal): Promise<FoundAdapter> {
  const worker = new CaseWorker(opLimitMs, signal);
  try {
    const answer = await worker.ask({ ask: "describe" });
    signal.throwIfAborted();
    if ("value" in answer) return answer.value;
    throw new NoGpuError(answer.reason ?? "other", answer.failure);
  } finally {
    worker.close();
  }
}

/** Terms, or why there are none. */
async function termsOf(name: string, scale: Scale, signal: AbortSignal): Promise<CaseTerms | string> {
  const worker = new CaseWorker(opLimitMs, signal);
  try {
    const answer = await worker.ask({ ask: "terms", case: name, scale });
    return "value" in answer ? answer.value : answer.failure;
  } finally {
    worker.close();
  }
}

interface CaseRun {
  readonly order: BenchOrder;
  readonly scale: Scale;
  readonly events: BenchEvents;
  readonly signal: AbortSignal;
  tell(doing: string): void;
}

async function measureCase(
  name: string,
  terms: CaseTerms | string,
  { order, scale, events, signal, tell }: CaseRun,
): Promise<ReportRow[]> {
  const engines = enginesFor(name, order.engines);
  const row = <T extends { readonly engine: EngineName }>(answer: T) => {
    return { case: name, version: versionOf(answer.engine), ...answer };
  };
  if (typeof terms === "string") return engines.map((engine) => row({ engine, failure: terms }));
  const settings = { case: name, scale, profile: order.profile };
  const request = { settings, engines, reps: order.reps, knownLosses: events.knownLosses(name, scale) };
  const answers = await takeTurns(request, terms, {
    placeFor: async (_, limitMs) => new CaseWorker(limitMs, signal),
    async onTurn({ engine, round }) {
      await inSight(signal, () => tell("waits until this page is in sight"));
      tell(turnText(engine, round, order.reps));
    },
    onStuck: () => undefined,
  });
  signal.throwIfAborted();
  return answers.map(row);
}

function turnText(engine: EngineName, round: number | undefined, reps: number): string {
  const name = engineTitle(engine);
  return round === undefined ? `${name} is checked` : `${name}, sample ${round + 1} of ${reps}`;
}

/** Resolves once the page is to be seen. Throws the signal's reason where it is aborted. */
async function inSight(signal: AbortSignal, onWait: () => void): Promise<void> {
  signal.throwIfAborted();
  if (document.visibilityState === "visible") return;
  onWait();
  await new Promise<void>((resolve) => {
    const over = new AbortController();
    const check = () => {
      if (document.visibilityState !== "visible" && !signal.aborted) return;
      over.abort();
      resolve();
    };
    document.addEventListener("visibilitychange", check, { signal: over.signal });
    signal.addEventListener("abort", check, { signal: over.signal });
  });
  signal.throwIfAborted();
}
