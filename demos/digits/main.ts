// The page: starts the worker, hands its reports to the parts of the page, and tells it what the visitor wants.
//
// Decides: what happens when training cannot go on.

import lenet5Source from "../../src/models/lenet5.ts?raw";
import type { FailureReason } from "../shared/deviceTrouble.ts";
import { find, setText } from "../shared/elements.ts";
import { RunControls } from "../shared/runControls.ts";
import { saveFile } from "../shared/saveFile.ts";
import { showSource } from "../shared/showSource.ts";
import { TroublePanel } from "../shared/troublePanel.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";
import { Readout } from "./readout.ts";
import { Settings } from "./settings.ts";
import { Stage } from "./stage.ts";
import trainingStepSource from "./trainingStep.ts?raw";

const ANNOUNCE_EVERY_MS = 5000;

const downloadButton = find("#download", HTMLButtonElement);

let worker: Worker | undefined;
/** Reports of earlier runs are not shown. */
let run = 0;
let isReady = false;
let picture: Uint8Array | undefined;

const readout = new Readout();
const stage = new Stage((pixels) => {
  picture = pixels;
  post({ kind: "look", pixels });
});
const settings = new Settings({
  onRestart: restart,
  onLearningRate: (value) => post({ kind: "learningRate", value }),
  onFiles: (files) => post({ kind: "files", files }),
});

const controls = new RunControls({
  onRun: (isWanted) => post({ kind: isWanted ? "play" : "pause" }),
  onStep: () => post({ kind: "step" }),
  onReset: restart,
});
const trouble = new TroublePanel(
  {
    smaller: "Choose a smaller batch or fewer digits",
    afterLoss: "What was learned is lost.",
    retry: "Start again: the same seed gives the same run.",
  },
  begin,
);

downloadButton.addEventListener("click", () => post({ kind: "weights" }));
setInterval(announce, ANNOUNCE_EVERY_MS);
showSource("#model-code", lenet5Source);
showSource("#step-code", trainingStepSource);
begin();

/** Starts with a new worker. */
function begin(): void {
  worker?.terminate();
  worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => receive(data));
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    fail("other", event.message || "The worker could not be loaded.");
  });
  trouble.hide();
  controls.setEnabled(true);
  post({ kind: "look", pixels: picture });
  restart();
}

function restart(): void {
  run += 1;
  setReady(false);
  readout.clear();
  post({ kind: "start", run, config: settings.wanted, isRunning: controls.isWantedNow });
}

function post(message: ToWorker): void {
  worker?.postMessage(message);
}

function receive(message: FromWorker): void {
  if ("run" in message && message.run !== run) return;
  switch (message.kind) {
    case "loading":
      readout.showLoading(message.stage, message.done, message.total);
      break;
    case "ready":
      setReady(true);
      settings.showConfig(message.config);
      // The slider may have been moved meanwhile.
      post({ kind: "learningRate", value: settings.learningRate });
      readout.showReady(message);
      stage.showExamples(message.examples);
      break;
    case "progress":
      readout.showProgress(message);
      break;
    case "evaluated":
      readout.showEvaluation(message);
      stage.showPredictions(message.predictions);
      break;
    case "activations":
      stage.showActivations(message);
      break;
    case "weights":
      saveFile(message.bytes, `lenet5-step-${message.step}.safetensors`);
      break;
    case "filesRead":
      settings.acceptFiles(message.trainCount, message.testCount);
      break;
    case "filesRejected":
      settings.rejectFiles(message.message);
      break;
    case "failed":
      fail(message.reason, message.message);
  }
}

function setReady(ready: boolean): void {
  isReady = ready;
  downloadButton.disabled = !ready;
  controls.setReady(ready);
}

/** Nothing goes on: says why, and what can be done. */
function fail(reason: FailureReason, message: string): void {
  worker?.terminate();
  worker = undefined;
  setReady(false);
  controls.setEnabled(false);
  trouble.show(reason, message);
}

function announce(): void {
  if (!isReady || !controls.isWantedNow) return;
  const { answer } = stage;
  const seen =
    answer === undefined
      ? ""
      : ` The picture is taken for a ${answer.digit}, ${(100 * answer.probability).toFixed(0)} percent.`;
  setText(find("#announcements", HTMLElement), readout.summary() + seen);
}
