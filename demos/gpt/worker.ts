// The worker: holds the GPU, and does what the page asks for.
//
// Decides: in which order messages, steps and starts happen, and what a failure becomes. Leaves to gptRun.ts what a
// run does, and to openRun.ts how it comes to be.

import { DeviceError, type Engine, init, UsageError } from "../../src/index.ts";
import type { GptRun } from "./gptRun.ts";
import { openRun } from "./openRun.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";
import { keyOf } from "./runConfig.ts";
import { type NamedText, type ReadFiles, readFiles, writeRun } from "./runFiles.ts";
import { keepRun } from "./runStore.ts";

type Start = Extract<ToWorker, { kind: "start" }>;
type Write = Extract<ToWorker, { kind: "write" }>;

let engine: Engine | undefined;
let current: GptRun | undefined;
let files: ReadFiles | undefined;
const texts = new Map<string, NamedText>();
let isRunning = false;
let singleSteps = 0;
let stepping: Promise<void> | undefined;
/** Starts happen one after the other; of several that wait only the last one. */
let starting: Promise<void> = Promise.resolve();
let latestStart = 0;
let isStarting = false;

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => receive(data));

function receive(message: ToWorker): void {
  switch (message.kind) {
    case "start":
      isRunning = message.isRunning;
      latestStart = message.run;
      starting = starting.then(() => start(message));
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
      current?.setLearningRate(message.value);
      break;
    case "write":
      guard(write(message));
      break;
    case "stopWriting":
      if (current !== undefined) guard(current.stopWriting());
      break;
    case "inspect":
      guard(answer(message.id, message.request));
      break;
    case "files":
      guard(take(message.files));
      break;
    case "save":
      if (current !== undefined) guard(save(current));
  }
}

async function start({ run: number, config: wanted, from }: Start): Promise<void> {
  if (number !== latestStart) return;
  isStarting = true;
  await stepping;
  singleSteps = 0;
  try {
    if (engine === undefined) {
      post({ kind: "loading", run: number, stage: "device", done: 0, total: 1 });
      engine = await openEngine();
    }
    const { run, notice } = await openRun({
      engine,
      wanted,
      from,
      files,
      texts,
      onProgress: (stage, done, total) => post({ kind: "loading", run: number, stage, done, total }),
      options: {
        tell: (report) => post({ ...report, run: number }),
        onFailure: fail,
        keep: (config, parts) => keepRun(keyOf(config), writeRun(parts)),
      },
    });
    const previous = current;
    current = run;
    await previous?.end();
    post({ kind: "ready", run: number, ...run.describe(notice) });
    await run.begin();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    refuse(error);
  } finally {
    isStarting = false;
  }
  takeSteps();
}

async function openEngine(): Promise<Engine> {
  const opened = await init({ powerPreference: "high-performance" });
  void opened.device.lost.then(({ message }) => fail(new DeviceError("lost", message)));
  return opened;
}

/** Takes steps while any are wanted. Each waits for the GPU, and messages come in meanwhile. */
function takeSteps(): void {
  if (stepping !== undefined || isStarting || current === undefined || !isWanted()) return;
  stepping = loop(current).finally(() => {
    stepping = undefined;
    takeSteps();
  });
  guard(stepping);
}

async function loop(run: GptRun): Promise<void> {
  while (!isStarting && isWanted()) {
    if (!isRunning) singleSteps -= 1;
    await run.advance();
  }
  await run.rest();
}

function isWanted(): boolean {
  return isRunning || singleSteps > 0;
}

async function write({ id, prompt, options }: Write): Promise<void> {
  const ended =
    current === undefined
      ? { tokensPerSecond: 0, fault: "There is no model yet." }
      : await current.write(prompt, options, (text) => post({ kind: "written", id, text }));
  post({ kind: "writingEnded", id, ...ended });
}

async function answer(id: number, request: Extract<ToWorker, { kind: "inspect" }>["request"]): Promise<void> {
  const reply =
    current === undefined
      ? { kind: "refused" as const, reason: "There is no model yet." }
      : await current.inspect(request);
  post({ kind: "inspected", id, reply });
}

/** Reads what the visitor dropped. */
async function take(given: readonly File[]): Promise<void> {
  try {
    const read = await readFiles(given);
    if (read.kind === "text") {
      const { name, fingerprint } = read.text;
      texts.set(fingerprint, read.text);
      post({ kind: "textRead", name, fingerprint });
      return;
    }
    files = read;
    post({ kind: "modelRead", config: read.kind === "run" ? read.run.config : undefined });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    refuse(error);
  }
}

async function save(run: GptRun): Promise<void> {
  const { step } = run;
  const bytes = writeRun(await run.files());
  post({ kind: "saved", name: `gpt-step-${step}.zip`, bytes }, [bytes.buffer]);
}

function post(message: FromWorker, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}

/** Says what cannot be; the run that is under way goes on. */
function refuse(error: UsageError): void {
  const [text] = error.message.split("\n");
  // The visitor did not call a function.
  const plain = text.replace(/^([A-Z]\w+(\.\w+)?|settings): /, "");
  const message = plain === text ? text : plain.charAt(0).toUpperCase() + plain.slice(1);
  post({ kind: "refused", message, config: current?.currentConfig });
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
