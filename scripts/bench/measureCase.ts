// One case on all engines that are asked for, each in a page of its own.
//
// Decides: engines are opened one after the other, then take turns, a sample each in every round, so that a machine
// that slows down slows all of them; the first engine's losses are the ones to agree with; an engine that fails has
// failed this case, and the others go on.

import type { Browser } from "puppeteer";
import type { CaseName, EngineName, Measurement, OpenedCase, Sample } from "../../bench/report.ts";
import { CasePage } from "./casePage.ts";

export type EngineAnswer = { readonly engine: EngineName } & (Measurement | { readonly failure: string });

interface Contender {
  readonly engine: EngineName;
  readonly page: CasePage;
  opened: OpenedCase | undefined;
  readonly samples: Sample[];
  failure: string | undefined;
}

/** `reps` samples of each engine. */
export async function measureCase(
  browser: Browser,
  url: string,
  { name, engines, reps }: { name: CaseName; engines: readonly EngineName[]; reps: number },
): Promise<EngineAnswer[]> {
  const contenders: Contender[] = [];
  try {
    for (const engine of engines) {
      console.log(`${name}: ${engine}`);
      const expectedLosses = contenders.find(({ opened }) => opened?.losses !== undefined)?.opened?.losses;
      const page = await CasePage.load(browser, url);
      const answer = await page.open({ case: name, engine, expectedLosses });
      const opened = "value" in answer ? answer.value : undefined;
      const failure = "failure" in answer ? answer.failure : undefined;
      contenders.push({ engine, page, opened, samples: [], failure });
    }
    for (let round = 0; round < reps; round++) {
      for (const contender of contenders) await takeSample(contender);
    }
  } finally {
    for (const { page } of contenders) await page.close();
  }
  return contenders.map(summarize);
}

async function takeSample(contender: Contender): Promise<void> {
  if (contender.failure !== undefined) return;
  const answer = await contender.page.sample();
  if ("failure" in answer) contender.failure = answer.failure;
  else contender.samples.push(answer.value);
}

function summarize({ engine, opened, samples, failure }: Contender): EngineAnswer {
  if (failure !== undefined || opened === undefined)
    return { engine, failure: failure ?? "it never opened." };
  const times = samples.map(({ timeMs }) => timeMs / opened.callsPerSample).sort((a, b) => a - b);
  return {
    engine,
    ...opened,
    medianMs: quantile(times, 0.5),
    spreadMs: quantile(times, 0.75) - quantile(times, 0.25),
    samples: times.length,
    peakBytes: samples[samples.length - 1].peakBytes,
  };
}

/** Between the two nearest of `sorted`. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
