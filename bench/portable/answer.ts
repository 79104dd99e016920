// The process that has the GPU: makes one case ready and takes samples when it is asked, and then is killed, so that no case
// finds what another left behind, and one that crashes or hangs takes no other down.

import { init } from "../../src/index.ts";
import { openEngine as openOurs } from "../engines/ours.ts";
import { openEngine as openRaw } from "../engines/raw.ts";
import { watchGpu } from "../gpuCounts.ts";
import { measureLadder } from "../kernels/measureLadder.ts";
import { measure, type ReadyCase } from "../measure.ts";
import type { PageSettings } from "../report.ts";
import { describeAdapter, openNodeGpu } from "./nodeGpu.ts";
import type { Answers, Question } from "./questions.ts";

/** Answers what the parent process asks, one after the other, for as long as it lives. */
export async function answerQuestions(isSoftware: boolean): Promise<void> {
  let ready: ReadyCase | undefined;
  const answer = async (question: Question): Promise<Answers[keyof Answers]> => {
    switch (question.ask) {
      case "describe":
        return describeAdapter();
      case "open":
        ready = await openCase(question.settings);
        return ready.opened;
      case "sample":
        if (ready === undefined) throw new Error("no case is open.");
        return ready.sample();
      case "climb":
        return measureLadder(await init({ profile: question.profile, tune: false }), question.settings);
    }
  };
  const opened = openNodeGpu(isSoftware).then(watchGpu);
  // Whoever asks first hears of a failure.
  opened.catch(() => undefined);
  process.on("message", async (question: Question) => {
    try {
      await opened;
      process.send?.({ value: await answer(question) });
    } catch (error) {
      process.send?.({ failure: error instanceof Error ? error.message : String(error) });
    }
  });
  process.on("disconnect", () => process.exit());
}

async function openCase(settings: PageSettings): Promise<ReadyCase> {
  const engine = settings.engine === "raw" ? await openRaw() : await openOurs(settings.profile);
  return measure(engine, settings);
}
