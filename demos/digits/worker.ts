// The worker: holds the GPU, and does what the page asks for.
//
// Decides: in which order messages, steps and restarts happen, and what a failure becomes. Leaves to trainingRun.ts
// what a step is.

import { DeviceError, type Engine, init, UsageError } from "../../src/index.ts";
import type { FromWorker, RunConfig, ToWorker, WantedConfig } from "./protocol.ts";
import { firstPictures, generatePictures, type PicturePair, readPictures } from "./runData.ts";
import { TrainingRun } from "./trainingRun.ts";

interface Preset {
  readonly batchSize: number;
  readonly trainCount: number;
  /** Test pictures, at most. */
  readonly testCount: number;
}

/** A software adapter trains as well, some hundred times slower. */
const hardwarePreset: Preset = { batchSize: 64, trainCount: 6000, testCount: 1000 };
const softwarePreset: Preset = { batchSize: 32, trainCount: 1000, testCount: 200 };

let engine: Engine | undefined;
let droppedPictures: PicturePair | undefined;
let current: { readonly training: TrainingRun; readonly number: number } | undefined;
let picture: Uint8Array | undefined;
let isRunning = false;
let singleSteps = 0;
let stepping: Promise<void> | undefined;
/** Starts happen one after the other. */
let starting: Promise<void> = Promise.resolve();

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => receive(data));

function receive(message: ToWorker): void {
  switch (message.kind) {
    case "start":
      isRunning = message.isRunning;
      starting = starting.then(() => start(message.run, message.config));
      guard(starting);
      break;
    case "play":
      isRunning = true;
      takeSteps();
      break;
    case "pause":
      isRunning = false;
      break;
    case "step":
      singleSteps += 1;
      takeSteps();
      break;
    case "learningRate":
      current?.training.setLearningRate(message.value);
      break;
    case "look":
      picture = message.pixels;
      if (current !== undefined) guard(current.training.setPicture(picture));
      break;
    case "files":
      guard(readFiles(message.files));
      break;
    case "weights":
      if (current !== undefined) guard(sendWeights(current.training, current.number));
  }
}

async function start(number: number, wanted: WantedConfig): Promise<void> {
  const previous = current;
  current = undefined;
  const ended = previous?.training.end();
  await stepping;
  await ended;
  singleSteps = 0;
  if (engine === undefined) {
    post({ kind: "loading", run: number, stage: "device", done: 0, total: 1 });
    engine = await openEngine();
  }
  post({ kind: "loading", run: number, stage: "data", done: 0, total: 1 });
  const preset = engine.adapter.isSoftware ? softwarePreset : hardwarePreset;
  const dropped = wanted.source === "mnist" ? droppedPictures : undefined;
  const config = complete(wanted, preset, dropped);
  const { train, test } = dropped ?? generatePictures(config, preset.testCount);
  const pictures = { train, test: firstPictures(test, preset.testCount) };
  const training = new TrainingRun(engine, config, pictures, (report) => post({ ...report, run: number }));
  post({ kind: "ready", run: number, ...(await training.prepare()) });
  current = { training, number };
  guard(training.setPicture(picture));
  takeSteps();
}

async function openEngine(): Promise<Engine> {
  const opened = await init({ powerPreference: "high-performance" });
  void opened.device.lost.then(({ message }) => fail(new DeviceError("lost", message)));
  return opened;
}

function complete(wanted: WantedConfig, preset: Preset, dropped: PicturePair | undefined): RunConfig {
  const { seed, learningRate } = wanted;
  const available = dropped?.train.labels.length ?? Number.POSITIVE_INFINITY;
  const trainCount = Math.min(available, wanted.trainCount ?? preset.trainCount);
  const batchSize = Math.min(trainCount, wanted.batchSize ?? preset.batchSize);
  return { seed, learningRate, batchSize, trainCount, source: dropped === undefined ? "generated" : "mnist" };
}

/** Takes steps while any are wanted. Each waits for the GPU, and messages come in meanwhile. */
function takeSteps(): void {
  if (stepping !== undefined || current === undefined) return;
  const { training } = current;
  stepping = loop(training).finally(() => {
    stepping = undefined;
    if (isWanted()) takeSteps();
  });
  guard(stepping);
}

async function loop(training: TrainingRun): Promise<void> {
  const isCurrent = () => current?.training === training;
  while (isCurrent() && isWanted()) {
    if (!isRunning) singleSteps -= 1;
    await training.advance();
  }
  // The last report and the last look may have been some steps ago.
  if (!isCurrent()) return;
  training.report();
  await training.look();
}

function isWanted(): boolean {
  return isRunning || singleSteps > 0;
}

async function readFiles(files: readonly File[]): Promise<void> {
  try {
    droppedPictures = await readPictures(files);
    const { train, test } = droppedPictures;
    post({ kind: "filesRead", trainCount: train.labels.length, testCount: test.labels.length });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    post({ kind: "filesRejected", message: error.message });
  }
}

async function sendWeights(training: TrainingRun, number: number): Promise<void> {
  const { bytes, step } = await training.weights();
  post({ kind: "weights", run: number, step, bytes }, [bytes.buffer]);
}

function post(message: FromWorker, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}

/** Tells the page when `work` fails. */
function guard(work: Promise<void>): void {
  work.catch(fail);
}

function fail(error: unknown): void {
  isRunning = false;
  singleSteps = 0;
  const reason = error instanceof DeviceError ? error.reason : "other";
  post({ kind: "failed", reason, message: error instanceof Error ? error.message : String(error) });
}
