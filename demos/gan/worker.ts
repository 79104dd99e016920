// The worker: trains DCGANs, and the judge of what they draw.

import { type Engine, UsageError } from "../../src/index.ts";
import { isRecord } from "../_shell/checkpointConfig.ts";
import { hostRuns } from "../_shell/hostRuns.ts";
import { isZip } from "../_shell/zip.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { DcganTrainer } from "./dcganTrainer.ts";
import { type GanState, GanTraining } from "./ganTraining.ts";
import type { Scores } from "./judge.ts";
import { JudgeRoom } from "./judgeRoom.ts";
import type { DcganTypes, GanSample } from "./pageTypes.ts";
import { readPictureFiles } from "./pictureFiles.ts";
import { PictureShelf, type ShelvedPictures, shownPictures } from "./pictureShelf.ts";
import { fitTo, picturesFault } from "./pictures.ts";
import { completeConfig, configOf, GENERATED, keyOf, LIVE_SETTINGS, type RunConfig } from "./runConfig.ts";
import { CLASSES, settingsFault } from "./settings.ts";

/** The first bytes of a file that say what it is. */
const HEAD_BYTES = 64;

const shelf = new PictureShelf();
let room: JudgeRoom | undefined;
/** What the next run's visitor is told of the files that it begins with. */
let filesNotice = "";

hostRuns<DcganTypes, GanState>({
  name: "gan",
  live: LIVE_SETTINGS,
  complete: completeConfig,
  keyOf,
  sampleOf,
  async readCheckpoint(files) {
    const { config, state } = await readCheckpoint(files);
    return { config: configOf(config.settings), step: state.step, state };
  },
  async make({ engine, config: wanted, saved, notice, onLoading }) {
    onLoading(wanted.source.kind === "generated" ? "Writing digits …" : "Fetching the pictures …");
    const { config, shelved, missing } = await picturesOf(wanted);
    requireAllowed(config, shelved);
    const own = roomFor(engine, shelved);
    const training = new GanTraining(engine, config, shelved.pictures, {
      state: saved?.state,
      onProgress: (done, total) => onLoading("Compiling GPU programs", done, total),
    });
    try {
      await training.prepare();
    } catch (error) {
      training.dispose();
      throw error;
    }
    const shown = fitTo(shelved.pictures, config.size);
    const { classNames } = shelved;
    const trainer = new DcganTrainer({
      training,
      config,
      room: own,
      about: {
        classNames,
        real: shownPictures(shown, classNames.length),
        pictureCount: shown.images.length / config.size ** 2,
      },
      onEnd: () => {
        if (own !== room) own?.dispose();
      },
    });
    const told = [filesNotice, missing, notice].filter((text) => text !== "").join(" ");
    filesNotice = "";
    return { trainer, notice: told };
  },
  async readFiles(files) {
    if (files.length === 1 && (await isSavedRun(files[0]))) return undefined;
    const material = await readPictureFiles(files);
    const fault = await shelf.put(material);
    filesNotice = [material.leftOut, fault].filter((text) => text !== "").join(" ");
    const hasLabels = material.classNames.length > 0;
    const change = { source: material.source, ...(hasLabels ? {} : { conditional: false }) };
    return { kind: "material", change, from: "saved" };
  },
});

/** The pictures of a run; where they are not here, digits in their place. */
async function picturesOf(wanted: RunConfig) {
  const shelved = await shelf.take(wanted);
  if (shelved !== undefined) return { config: wanted, shelved, missing: "" };
  const config = { ...wanted, source: GENERATED };
  const digits = await shelf.take(config);
  if (digits === undefined) throw new UsageError("pictures: there are none; digits can always be generated.");
  const name = wanted.source.kind === "files" ? `“${wanted.source.name}”` : "its pictures";
  const missing = `The pictures of ${name} are not in this browser, so it learns generated digits. Drop them to learn them.`;
  return { config, shelved: digits, missing };
}

/** Throws UsageError while nothing is made yet, so that the run under way goes on as if nobody had asked. */
function requireAllowed(config: RunConfig, { pictures }: ShelvedPictures): void {
  const fault = settingsFault(config) ?? picturesFault(pictures, config);
  if (fault !== undefined) throw new UsageError(fault);
}

/** The judge for labelled pictures; the one that knows them already, where there is one. */
function roomFor(engine: Engine, { key, pictures }: ShelvedPictures): JudgeRoom | undefined {
  const { labels } = pictures;
  if (labels === undefined) return undefined;
  if (room?.key !== key) room = new JudgeRoom(engine, key, { ...pictures, labels });
  return room;
}

async function isSavedRun(file: File): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  return isZip(head) || file.name.endsWith(".zip");
}

function sampleOf(value: unknown): GanSample | undefined {
  if (!isRecord(value)) return undefined;
  const { step, pixels, scores } = value;
  if (typeof step !== "number" || typeof pixels !== "string") return undefined;
  return scores === undefined ? { step, pixels } : isScores(scores) ? { step, pixels, scores } : undefined;
}

function isScores(value: unknown): value is Scores {
  if (!isRecord(value) || typeof value.confidence !== "number") return false;
  const { classShares } = value;
  return (
    Array.isArray(classShares) &&
    classShares.length === CLASSES &&
    classShares.every((share) => typeof share === "number")
  );
}
