// One case on all engines that are asked for, each in a page of its own browser, taking turns (bench/takeTurns.ts).
//
// Decides: what a case of one op must give is computed here, once for all engines; the browser of a page that is stuck has
// to go.

import { enginesFor, firstStepCases } from "../../bench/caseList.ts";
import { caseTerms } from "../../bench/caseTerms.ts";
import { type CaseRequest, type EngineAnswer, takeTurns } from "../../bench/takeTurns.ts";
import { CasePage } from "./casePage.ts";
import type { EngineBrowsers } from "./engineBrowsers.ts";
import { measureFirstStep } from "./measureFirstStep.ts";

/** `reps` samples of each engine that the case is for. */
export async function measureCase(
  browsers: EngineBrowsers,
  url: string,
  { settings, engines: asked, reps }: CaseRequest,
): Promise<EngineAnswer[]> {
  const engines = enginesFor(settings.case, asked);
  const training = firstStepCases[settings.case];
  if (training !== undefined) {
    return measureFirstStep(browsers, url, { settings: { ...settings, case: training }, engines, reps });
  }
  return takeTurns({ settings, engines, reps }, caseTerms(settings.case, settings.scale), {
    placeFor: async (engine, limitMs) => CasePage.load(await browsers.browserOf(engine), url, limitMs),
    onTurn: ({ engine, round }) => {
      if (round === undefined) console.log(`${settings.case}: ${engine}`);
    },
    onStuck: (engine) => browsers.kill(engine),
  });
}
