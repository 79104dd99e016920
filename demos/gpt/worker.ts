// The worker: trains GPTs.

import type { RunKind } from "../_shell/beginning.ts";
import { hostRuns } from "../_shell/hostRuns.ts";
import { makeTrainer } from "./makeTrainer.ts";
import type { GptTypes } from "./pageTypes.ts";
import { completeConfig, keyOf, LIVE_SETTINGS } from "./runConfig.ts";
import { type GptState, type NamedText, type NamedWeights, readDropped, readSavedRun } from "./runFiles.ts";
import { sampleOf } from "./sampleOf.ts";

const texts = new Map<string, NamedText>();
let weights: NamedWeights | undefined;

const kind: RunKind<GptTypes, GptState> = {
  live: LIVE_SETTINGS,
  complete: completeConfig,
  keyOf,
  sampleOf,
  readCheckpoint: readSavedRun,
};

hostRuns<GptTypes, GptState>({
  ...kind,
  name: "gpt",
  make: (request) => makeTrainer(request, { texts, weights }),
  async readFiles(files) {
    const read = await readDropped(files, kind);
    if (read.kind === "run") return read;
    if (read.kind === "weights") {
      weights = read.weights;
      return { kind: "material", change: {}, from: "file" };
    }
    const { name, fingerprint } = read.text;
    texts.set(fingerprint, read.text);
    return { kind: "material", change: { text: { kind: "file", name, fingerprint } } };
  },
});
