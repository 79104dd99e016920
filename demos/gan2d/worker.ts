// The worker: trains 2-D GANs.

import { hostRuns } from "../_shell/hostRuns.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { Gan2dTrainer } from "./gan2dTrainer.ts";
import { Gan2dTraining, type GanState, type LookSizes } from "./gan2dTraining.ts";
import type { Gan2dTypes } from "./pageTypes.ts";
import { completeConfig, keyOf, LIVE_SETTINGS } from "./runConfig.ts";

const HARDWARE_LOOK: LookSizes = { field: 64, points: 320, grid: 25 };
/** A software adapter would do little else than look. */
const SOFTWARE_LOOK: LookSizes = { field: 32, points: 160, grid: 17 };

hostRuns<Gan2dTypes, GanState>({
  name: "gan2d",
  live: LIVE_SETTINGS,
  complete: completeConfig,
  keyOf,
  sampleOf: () => undefined,
  async readCheckpoint(files) {
    const { config, state } = await readCheckpoint(files);
    return { config: config.settings, step: state.step, state };
  },
  async make({ engine, config, saved, onLoading }) {
    const training = new Gan2dTraining(engine, config, {
      look: engine.adapter.isSoftware ? SOFTWARE_LOOK : HARDWARE_LOOK,
      state: saved?.state,
      onProgress: (done, total) => onLoading("Compiling GPU programs", done, total),
    });
    try {
      await training.prepare();
    } catch (error) {
      training.dispose();
      throw error;
    }
    return { trainer: new Gan2dTrainer(training) };
  },
});
