// A worker of the benchmark: has one case on one engine and then is thrown away, so that no engine's buffers, pipelines or
// compiled code stand beside another's; or says what must come out of a case, or which adapter there is.
//
// Decides: an engine is loaded only when its case is opened, and after WebGPU is watched.

import { caseTerms } from "../../bench/caseTerms.ts";
import { watchGpu } from "../../bench/gpuCounts.ts";
import { measure, type ReadyCase } from "../../bench/measure.ts";
import type { PageSettings } from "../../bench/report.ts";
import { noWorkerFor, openersOf } from "./engines.ts";
import type { Answers, FromBenchWorker, Question } from "./messages.ts";

let ready: ReadyCase | undefined;

addEventListener("message", ({ data }: MessageEvent<Question>) => void answer(data));

async function answer(question: Question): Promise<void> {
  postMessage(await answerTo(question));
}

async function answerTo(question: Question): Promise<FromBenchWorker> {
  try {
    return { value: await valueFor(question) };
  } catch (error) {
    const { failureOf } = await import("./findAdapter.ts");
    return failureOf(error);
  }
}

async function valueFor(question: Question): Promise<Answers[keyof Answers]> {
  switch (question.ask) {
    case "describe":
      return (await import("./findAdapter.ts")).findAdapter();
    case "terms":
      return caseTerms(question.case, question.scale);
    case "open":
      ready = await openCase(question.settings);
      return ready.opened;
    case "sample":
      if (ready === undefined) throw new Error("no case is open.");
      return ready.sample();
  }
}

async function openCase(settings: PageSettings): Promise<ReadyCase> {
  const load = openersOf[settings.engine] ?? noWorkerFor(settings.engine);
  watchGpu();
  const { openEngine } = await load();
  return measure(await openEngine(settings.profile), settings);
}
