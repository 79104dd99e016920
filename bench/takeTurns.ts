// One case on several engines, each in a place of its own: a page, a process, a worker.
//
// Decides: engines are opened one after the other, then take turns, a sample each in every round, so that a machine
// that slows down slows all of them; the first engine's losses are the ones to agree with; an engine that fails has
// failed this case, and the others go on. Leaves the places to whoever measures.

import type { CaseTerms } from "./caseTerms.ts";
import { measurementOf } from "./figures/measurementOf.ts";
import { opLimitMs, stepLimitMs } from "./limits.ts";
import type {
  EngineName,
  Measurement,
  OpCost,
  OpenedCase,
  PageAnswer,
  PageSettings,
  Sample,
} from "./report.ts";

/** `isStuck`: there is no end to be seen of what the place does. */
export type LimitedAnswer<T> = PageAnswer<T> & { readonly isStuck?: boolean };

/** Where one engine has one case. */
export interface CasePlace {
  open(settings: PageSettings): Promise<LimitedAnswer<OpenedCase>>;
  sample(): Promise<LimitedAnswer<Sample>>;
  close(): void | Promise<void>;
}

export type EngineAnswer = { readonly engine: EngineName } & OpCost &
  (Measurement | { readonly failure: string });

/** What is the same for all engines. */
export type CaseSettings = Pick<PageSettings, "case" | "scale" | "profile">;

/** What is to be measured of a case. */
export interface CaseRequest {
  readonly settings: CaseSettings;
  readonly engines: readonly EngineName[];
  /** Samples of each engine. */
  readonly reps: number;
  /** Losses that are known already, with which the first engine has to agree too. */
  readonly knownLosses?: readonly number[];
}

/** Whose turn it is: to open, or to give the sample of a round, from 0. */
export interface Turn {
  readonly engine: EngineName;
  readonly round: number | undefined;
}

export interface Turns {
  /** A place for this engine, which must answer within the limit. */
  placeFor(engine: EngineName, limitMs: number): Promise<CasePlace>;
  /** Before each turn; where it throws, nothing more is measured. */
  onTurn(turn: Turn): void | Promise<void>;
  /** Of an engine whose place is stuck. */
  onStuck(engine: EngineName): void;
}

interface Contender {
  readonly engine: EngineName;
  readonly place: CasePlace;
  opened: OpenedCase | undefined;
  readonly samples: Sample[];
  failure: string | undefined;
}

/** An answer for each engine. What `turns` throws comes through, with all places closed. */
export async function takeTurns(
  request: CaseRequest,
  terms: CaseTerms,
  turns: Turns,
): Promise<EngineAnswer[]> {
  const contenders: Contender[] = [];
  const conclude = <T>(contender: Contender, answer: LimitedAnswer<T>): T | undefined => {
    if ("value" in answer) return answer.value;
    contender.failure = answer.failure;
    if (answer.isStuck) turns.onStuck(contender.engine);
    return undefined;
  };
  try {
    for (const engine of request.engines) {
      await turns.onTurn({ engine, round: undefined });
      const expectedLosses = lossesToAgreeWith(contenders) ?? request.knownLosses;
      const { expectations } = terms;
      const place = await turns.placeFor(engine, expectations === undefined ? stepLimitMs : opLimitMs);
      const contender: Contender = { engine, place, opened: undefined, samples: [], failure: undefined };
      contenders.push(contender);
      const settings = { ...request.settings, engine, expectations, expectedLosses };
      contender.opened = conclude(contender, await place.open(settings));
    }
    for (let round = 0; round < request.reps; round++) {
      for (const contender of contenders) {
        if (contender.failure !== undefined) continue;
        await turns.onTurn({ engine: contender.engine, round });
        const sample = conclude(contender, await contender.place.sample());
        if (sample !== undefined) contender.samples.push(sample);
      }
    }
  } finally {
    for (const { place } of contenders) await place.close();
  }
  return contenders.map((contender) => answerOf(contender, terms));
}

function lossesToAgreeWith(contenders: readonly Contender[]): readonly number[] | undefined {
  return contenders.find(({ opened }) => opened?.losses !== undefined)?.opened?.losses;
}

function answerOf(
  { engine, opened, samples, failure }: Contender,
  { cost, repeats }: CaseTerms,
): EngineAnswer {
  if (failure !== undefined || opened === undefined)
    return { engine, ...cost, failure: failure ?? "it never opened." };
  return { engine, ...measurementOf(opened, samples, repeats), ...cost };
}
