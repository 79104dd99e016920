// The worker: trains LeNet-5 on digits, generated or the visitor's own.

import { hostRuns } from "../_shell/hostRuns.ts";
import { isZip } from "../_shell/zip.ts";
import { type DigitsState, readCheckpoint } from "./checkpoint.ts";
import { DigitsTrainer } from "./digitsTrainer.ts";
import type { DigitsTypes } from "./pageTypes.ts";
import { completeConfig, keyOf, LIVE_SETTINGS, type RunConfig } from "./runConfig.ts";
import { firstPictures, generatePictures, type PicturePair, readPictures } from "./runData.ts";

/** Test pictures, at most. */
const TEST_COUNT = { hardware: 1000, software: 200 };

/** MNIST from files, for runs that begin from now on. */
let dropped: PicturePair | undefined;

hostRuns<DigitsTypes, DigitsState>({
  name: "digits",
  live: LIVE_SETTINGS,
  complete: completeConfig,
  keyOf,
  sampleOf: () => undefined,
  readCheckpoint,
  async readFiles(files) {
    const [first] = files;
    if (files.length === 1 && isZip(new Uint8Array(await first.arrayBuffer()))) return undefined;
    dropped = await readPictures(files);
    const trainCount = dropped.train.labels.length;
    const notice = `Read ${trainCount} training and ${dropped.test.labels.length} test pictures.`;
    return { kind: "material", change: { source: "mnist", trainCount }, notice };
  },
  async make({ engine, config, saved, onLoading }) {
    onLoading("Drawing digits …");
    const isMissing = config.source === "mnist" && dropped === undefined;
    const settings: RunConfig = isMissing ? { ...config, source: "generated" } : config;
    const testCount = TEST_COUNT[engine.adapter.isSoftware ? "software" : "hardware"];
    const pictures = picturesFor(settings, testCount);
    const trainCount = Math.min(settings.trainCount, pictures.train.labels.length);
    const fitting = { ...settings, trainCount, batchSize: Math.min(settings.batchSize, trainCount) };
    const trainer = new DigitsTrainer(engine, fitting, {
      pictures,
      state: isMissing ? undefined : saved?.state,
      onProgress: (done, total) => onLoading("Compiling GPU programs", done, total),
    });
    try {
      await trainer.prepare();
    } catch (error) {
      await trainer.end();
      throw error;
    }
    if (!isMissing) return { trainer };
    return {
      trainer,
      isAnew: true,
      notice: "Neither links nor kept runs carry pictures: drop the MNIST files here to train on them.",
    };
  },
});

function picturesFor(config: RunConfig, testCount: number): PicturePair {
  if (config.source === "generated" || dropped === undefined) return generatePictures(config, testCount);
  return { train: dropped.train, test: firstPictures(dropped.test, testCount) };
}
