// The page: starts the worker, hands its reports to the parts of the page, and tells it what the visitor wants.
//
// Decides: when a run begins and from where, and what happens when training cannot go on.

import type { FailureReason } from "../shared/deviceTrouble.ts";
import { find, setText } from "../shared/elements.ts";
import { takeFiles } from "../shared/fileDrop.ts";
import { RunControls } from "../shared/runControls.ts";
import { saveFile } from "../shared/saveFile.ts";
import { showSource } from "../shared/showSource.ts";
import { TroublePanel } from "../shared/troublePanel.ts";
import type { InspectReply, InspectRequest } from "./inspect/inspectTypes.ts";
import { mountInspect } from "./inspect/mountInspect.ts";
import type { FromWorker, ReadyReport, RunStart, ToWorker } from "./protocol.ts";
import { Readout } from "./readout.ts";
import { SettingsForm } from "./settingsForm.ts";
import { Timeline } from "./timeline.ts";
import twentyLinesSource from "./twentyLines.ts?raw";
import { WritingDesk } from "./writingDesk.ts";

const ANNOUNCE_EVERY_MS = 5000;
const PASSING_MS = 12_000;

const saveButton = find("#save", HTMLButtonElement);
const notice = find("#notice", HTMLElement);

let worker: Worker | undefined;
/** Reports of earlier runs are not shown. */
let run = 0;
/** The run that is shown: it goes on where a later one is refused. */
let shownRun = 0;
let isReady = false;
const asked = new Map<number, (reply: InspectReply) => void>();
let lastAsked = 0;
let noticeTimer: ReturnType<typeof setTimeout> | undefined;

const readout = new Readout();
const timeline = new Timeline();
const desk = new WritingDesk(post);
const inspector = mountInspect(find("#inspect", HTMLElement), ask);
const settings = new SettingsForm({
  onRestart: () => restart("beginning"),
  onLearningRate: (value) => post({ kind: "learningRate", value }),
  onLink: followLink,
});
const controls = new RunControls({
  onRun: (isWanted) => post({ kind: isWanted ? "play" : "pause" }),
  onStep: () => post({ kind: "step" }),
  onReset: () => restart("beginning"),
});
const trouble = new TroublePanel(
  {
    smaller: "Choose a smaller batch, context or width",
    afterLoss: "The run was kept in this browser now and then.",
    retry: "Start again: it goes on from where it was kept last.",
  },
  () => begin("saved"),
);

saveButton.addEventListener("click", () => post({ kind: "save" }));
find("#share", HTMLButtonElement).addEventListener("click", () => void share());
find("#notice-close", HTMLButtonElement).addEventListener("click", () => tell(""));
takeFiles(document.documentElement, find("#files", HTMLInputElement), (files) => {
  tell(`Reading ${files.length === 1 ? files[0].name : `${files.length} files`} …`);
  post({ kind: "files", files });
});
setInterval(announce, ANNOUNCE_EVERY_MS);
showSource("#model-code", twentyLinesSource);
const linkFault = settings.readAddress();
begin("saved");
tell(linkFault);

/** Starts with a new worker. */
function begin(from: RunStart): void {
  worker?.terminate();
  worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => receive(data));
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    fail("other", event.message || "The worker could not be loaded.");
  });
  trouble.hide();
  controls.setEnabled(true);
  restart(from);
}

function restart(from: RunStart): void {
  run += 1;
  tell("");
  post({ kind: "start", run, config: settings.wanted, from, isRunning: controls.isWantedNow });
}

function followLink(): void {
  const fault = settings.readAddress();
  restart("saved");
  tell(fault);
}

function post(message: ToWorker): void {
  worker?.postMessage(message);
}

function receive(message: FromWorker): void {
  if ("run" in message) {
    if (message.kind === "ready") shownRun = message.run;
    const isOfLoading = message.kind === "loading" && message.run === run;
    if (message.run !== shownRun && !isOfLoading) return;
  }
  switch (message.kind) {
    case "loading":
      readout.showLoading(message.stage, message.done, message.total);
      break;
    case "ready":
      showReady(message);
      break;
    case "progress":
      readout.showProgress(message);
      inspector.refresh();
      break;
    case "validated":
      readout.showValidation(message);
      break;
    case "sampleBegun":
      timeline.begin(message.sample);
      break;
    case "sampleText":
      timeline.append(message.line, message.text);
      break;
    case "sampleEnded":
      timeline.end(message.sample);
      break;
    case "kept":
      readout.showKept(message.step, message.fault);
      break;
    case "written":
      desk.append(message.id, message.text);
      break;
    case "writingEnded":
      desk.end(message.id, message);
      break;
    case "inspected":
      asked.get(message.id)?.(message.reply);
      asked.delete(message.id);
      break;
    case "textRead":
      settings.chooseText({ kind: "file", name: message.name, fingerprint: message.fingerprint });
      restart("beginning");
      break;
    case "modelRead":
      if (message.config !== undefined) settings.choose(message.config);
      restart("files");
      break;
    case "refused":
      readout.endLoading();
      if (message.config !== undefined) settings.showConfig(message.config);
      tell(message.message);
      break;
    case "saved":
      saveFile(message.bytes, message.name);
      break;
    case "failed":
      fail(message.reason, message.message);
  }
}

function showReady(report: ReadyReport): void {
  setReady(true);
  const rate = settings.learningRate;
  settings.showConfig(rate === undefined ? report.config : { ...report.config, learningRate: rate });
  // The slider may have been moved meanwhile.
  if (rate !== undefined) post({ kind: "learningRate", value: rate });
  readout.showReady(report);
  timeline.reset(report.history.samples);
  desk.reset(report.prompts[0]);
  inspector.setText(report.passage);
  if (report.notice !== "") tell(report.notice, { passing: report.step > 0 });
}

function setReady(ready: boolean): void {
  isReady = ready;
  saveButton.disabled = !ready;
  controls.setReady(ready);
  if (!ready) desk.reset(undefined);
}

function ask(request: InspectRequest): Promise<InspectReply> {
  if (worker === undefined) return Promise.resolve({ kind: "refused", reason: "There is no model." });
  lastAsked += 1;
  const id = lastAsked;
  post({ kind: "inspect", id, request });
  return new Promise((resolve) => asked.set(id, resolve));
}

/** Says something to the visitor, until it is closed or something else is to be said; what is `passing`, for a while. */
function tell(text: string, { passing = false } = {}): void {
  clearTimeout(noticeTimer);
  setText(find("#notice-text", HTMLElement), text);
  notice.hidden = text === "";
  if (passing) noticeTimer = setTimeout(() => tell(""), PASSING_MS);
}

async function share(): Promise<void> {
  try {
    await navigator.clipboard.writeText(location.href);
    tell("The link is copied. It carries these settings; neither a text nor what was learned.", {
      passing: true,
    });
  } catch {
    tell("The browser lets nobody copy; the address of this page is the link.");
  }
}

/** Nothing goes on: says why, and what can be done. */
function fail(reason: FailureReason, message: string): void {
  worker?.terminate();
  worker = undefined;
  for (const answer of asked.values()) answer({ kind: "refused", reason: "There is no model." });
  asked.clear();
  setReady(false);
  readout.endLoading();
  controls.setEnabled(false);
  trouble.show(reason, message);
}

function announce(): void {
  if (isReady && controls.isWantedNow) setText(find("#announcements", HTMLElement), readout.summary());
}
