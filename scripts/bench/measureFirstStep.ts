// The first training step of a page, with nothing cached and with what the page before left in the browser.
//
// Decides: each round starts a browser with a new profile, in which the case is opened twice: the first page compiles
// everything, the second finds what the browser kept of the shaders. A row's time is that of the second, and its first
// call that of the first.

import { quantile } from "../../bench/figures/quantile.ts";
import type { EngineName, OpenedCase, PageSettings } from "../../bench/report.ts";
import type { CaseRequest, EngineAnswer } from "../../bench/takeTurns.ts";
import { CasePage } from "./casePage.ts";
import type { EngineBrowsers } from "./engineBrowsers.ts";

const pageLimitMs = 600_000;
/** A round is a browser for each engine, which takes its time. */
const mostRounds = 3;

const note =
  "a page's first step, its shaders cached by the page before; the first call is that of the page before";

/** `settings` name the training case. */
export async function measureFirstStep(
  browsers: EngineBrowsers,
  url: string,
  { settings, engines, reps }: CaseRequest,
): Promise<EngineAnswer[]> {
  const answers: EngineAnswer[] = [];
  let expectedLosses: readonly number[] | undefined;
  for (const engine of engines) {
    console.log(`first step of ${settings.case}: ${engine}`);
    const rounds: Round[] = [];
    let failure: string | undefined;
    for (let i = 0; i < Math.min(reps, mostRounds) && failure === undefined; i++) {
      browsers.kill(engine);
      const given = { ...settings, engine, expectations: undefined, expectedLosses, isFirstStep: true };
      const round = await measureRound(browsers, url, given);
      if ("failure" in round) failure = round.failure;
      else rounds.push(round);
    }
    expectedLosses ??= rounds[0]?.warm.losses;
    answers.push(failure === undefined ? summarize(engine, rounds) : { engine, failure });
  }
  return answers;
}

interface Round {
  readonly cold: OpenedCase;
  readonly warm: OpenedCase;
  readonly peakBytes: number;
}

async function measureRound(
  browsers: EngineBrowsers,
  url: string,
  settings: PageSettings,
): Promise<Round | { readonly failure: string }> {
  const browser = await browsers.browserOf(settings.engine);
  const opened: OpenedCase[] = [];
  for (;;) {
    const page = await CasePage.load(browser, url, pageLimitMs);
    try {
      const answer = await page.open(settings);
      if ("failure" in answer) {
        if (answer.isStuck) browsers.kill(settings.engine);
        return answer;
      }
      const [cold] = opened;
      opened.push(answer.value);
      if (cold === undefined) continue;
      const sample = await page.sample();
      if ("failure" in sample) return sample;
      return { cold, warm: answer.value, peakBytes: sample.value.peakBytes };
    } finally {
      await page.close();
    }
  }
}

function summarize(engine: EngineName, rounds: readonly Round[]): EngineAnswer {
  const sorted = (times: number[]) => times.sort((a, b) => a - b);
  const cold = sorted(rounds.map((round) => round.cold.firstCallMs));
  const warm = sorted(rounds.map((round) => round.warm.firstCallMs));
  return {
    engine,
    ...rounds[0].warm,
    firstCallMs: quantile(cold, 0.5),
    medianMs: quantile(warm, 0.5),
    spreadMs: quantile(warm, 0.75) - quantile(warm, 0.25),
    samples: warm.length,
    peakBytes: Math.max(...rounds.map(({ peakBytes }) => peakBytes)),
    note,
  };
}
