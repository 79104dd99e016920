// The page: starts the worker, hands its reports to the parts of the page, and tells it what the visitor wants.
//
// Decides: when training runs (the visitor wants it, and the page can be seen), and what happens when it cannot.

import lenet5Source from "../../src/models/lenet5.ts?raw";
import { troubleOf } from "../shared/deviceTrouble.ts";
import { find, make, setText } from "../shared/elements.ts";
import type { FailureReason, FromWorker, ToWorker } from "./protocol.ts";
import { Readout } from "./readout.ts";
import { Settings } from "./settings.ts";
import { Stage } from "./stage.ts";
import trainingStepSource from "./trainingStep.ts?raw";

const PLAY_ICON = "M2 1l9 5-9 5z";
const PAUSE_ICON = "M2 1h3v10H2zM7 1h3v10H7z";
const ANNOUNCE_EVERY_MS = 5000;

const playButton = find("#play", HTMLButtonElement);
const stepButton = find("#step", HTMLButtonElement);
const resetButton = find("#reset", HTMLButtonElement);
const downloadButton = find("#download", HTMLButtonElement);

let worker: Worker | undefined;
/** Reports of earlier runs are not shown. */
let run = 0;
let wantsToRun = true;
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

playButton.addEventListener("click", () => setWanted(!wantsToRun));
stepButton.addEventListener("click", stepOnce);
resetButton.addEventListener("click", restart);
downloadButton.addEventListener("click", () => post({ kind: "weights" }));
find("#trouble-retry", HTMLButtonElement).addEventListener("click", begin);
document.addEventListener("visibilitychange", () => tellWhetherToRun());
document.addEventListener("keydown", onKey);
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
  find("#trouble", HTMLElement).hidden = true;
  find("#picture", HTMLElement).hidden = false;
  for (const button of [playButton, resetButton]) button.disabled = false;
  post({ kind: "look", pixels: picture });
  restart();
}

function restart(): void {
  run += 1;
  setReady(false);
  readout.clear();
  post({ kind: "start", run, config: settings.wanted, isRunning: isWantedNow() });
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
      save(message.bytes, `lenet5-step-${message.step}.safetensors`);
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

/** The visitor wants training to run, or not. */
function setWanted(wanted: boolean): void {
  wantsToRun = wanted;
  setText(find("#play-label", HTMLElement), wanted ? "Pause" : "Play");
  playButton.setAttribute("aria-label", wanted ? "Pause" : "Play");
  find("#play-icon", SVGPathElement).setAttribute("d", wanted ? PAUSE_ICON : PLAY_ICON);
  stepButton.disabled = wanted || !isReady;
  tellWhetherToRun();
}

function setReady(ready: boolean): void {
  isReady = ready;
  downloadButton.disabled = !ready;
  stepButton.disabled = wantsToRun || !ready;
}

function isWantedNow(): boolean {
  return wantsToRun && document.visibilityState === "visible";
}

function tellWhetherToRun(): void {
  post({ kind: isWantedNow() ? "play" : "pause" });
}

function stepOnce(): void {
  if (!isReady) return;
  if (wantsToRun) setWanted(false);
  post({ kind: "step" });
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || playButton.disabled) return;
  const { target } = event;
  // Space presses a button, and in a field keys are text.
  if (target instanceof Element && target.matches("button, input, select, a, summary")) {
    if (event.key === " " || !target.matches("button, a, input[type=range]")) return;
  }
  const actions: Record<string, () => void> = {
    " ": () => setWanted(!wantsToRun),
    ".": stepOnce,
    r: restart,
  };
  const action = actions[event.key.toLowerCase()];
  if (action === undefined) return;
  event.preventDefault();
  action();
}

/** Nothing goes on: says why, and what can be done. */
function fail(reason: FailureReason, message: string): void {
  worker?.terminate();
  worker = undefined;
  setReady(false);
  for (const button of [playButton, resetButton]) button.disabled = true;
  const trouble = troubleOf(reason);
  setText(find("#trouble-title", HTMLElement), trouble.title);
  setText(find("#trouble-cause", HTMLElement), trouble.cause);
  setText(find("#trouble-message", HTMLElement), message);
  find("#trouble-remedies", HTMLElement).replaceChildren(
    ...trouble.remedies.map((text) => make("li", "", text)),
  );
  find("#trouble-retry", HTMLElement).hidden = !trouble.canRetry;
  find("#picture", HTMLElement).hidden = true;
  find("#trouble", HTMLElement).hidden = false;
  find("#trouble-title", HTMLElement).focus();
}

function announce(): void {
  if (!isReady || !isWantedNow()) return;
  const { answer } = stage;
  const seen =
    answer === undefined
      ? ""
      : ` The picture is taken for a ${answer.digit}, ${(100 * answer.probability).toFixed(0)} percent.`;
  setText(find("#announcements", HTMLElement), readout.summary() + seen);
}

function save(bytes: Uint8Array<ArrayBuffer>, name: string): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  const link = make("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** Shows the function of a source file, without what stands above it. */
function showSource(selector: string, source: string): void {
  setText(find(selector, HTMLElement), source.slice(source.indexOf("export function")).trimEnd());
}
