// `npm run train -- gpt`: a GPT on a text or a task.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CHECKPOINT_FILES, parseConfig } from "../../demos/gpt/checkpointConfig.ts";
import type { GptJobEvent, GptJobResult, GptJobSettings } from "../../demos/gpt/job.ts";
import { type GptSettings, settingsFault } from "../../demos/gpt/settings.ts";
import { readPlainText } from "../../src/text/plainText.ts";
import { assembleCorpus } from "../corpus.ts";
import { type GptOptions, parseGptOptions } from "./gptOptions.ts";
import { inBrowser } from "./inBrowser.ts";
import { prepareOutputs } from "./outcome.ts";
import { bar, duration, megabytes, type ProgressLine, ProgressView, percent } from "./progressView.ts";
import { writeAtomically } from "./writeAtomically.ts";

export async function runGpt(args: readonly string[]): Promise<void> {
  const options = parseGptOptions(args);
  const files = new Map<string, Uint8Array>();
  const settings = await settingsFor(options, files);
  const fault = settingsFault(settings);
  if (fault !== undefined) throw new Error(fault);
  if (settings.source.kind === "text") files.set("text", await corpusOf(options, settings.source.name));
  await prepareOutputs(options);
  const view = new ProgressView(process.stdout);
  view.line(describe(settings));
  const job: GptJobSettings = {
    settings,
    isResumed: options.resume !== undefined,
    sampleLength: options.sampleLength,
  };
  const written = { last: Promise.resolve() };
  await inBrowser<GptJobSettings, GptJobResult, GptJobEvent>(
    { page: "/gpt/job.html", settings: job, files },
    (event) => {
      view.show(lineOf(event));
      // One after the other: an older checkpoint must not come to stand over a newer one.
      if (event.kind === "validated")
        written.last = written.last.then(() => writeFiles(options.out, event.files));
    },
    (line) => view.line(line),
    async (result, adapter) => {
      await written.last;
      await finish(view, options, settings, result, adapter);
    },
  );
}

/** Those of the command line, or those of the checkpoint that is gone on from, whose files join `files`. */
async function settingsFor(options: GptOptions, files: Map<string, Uint8Array>): Promise<GptSettings> {
  const { resume, settings, given } = options;
  if (resume === undefined) return settings;
  for (const name of CHECKPOINT_FILES) {
    const bytes = await readFile(join(resume, name)).catch(() => {
      throw new Error(
        `--resume: ${join(resume, name)} cannot be read; --out must be the folder of a run that was saved.`,
      );
    });
    files.set(name, bytes);
  }
  const config = parseConfig(files.get("config.json") ?? new Uint8Array());
  if (typeof config === "string") throw new Error(`${resume}: ${config}`);
  return { ...config.settings, ...given };
}

/** The bytes of the corpus, checked to be text. */
async function corpusOf({ text }: GptOptions, name: string): Promise<Uint8Array> {
  const path = text ?? (name === "this repository" ? undefined : name);
  if (path === undefined) return new TextEncoder().encode(assembleCorpus());
  const bytes = await readFile(path).catch(() => {
    throw new Error(`--text: ${path} cannot be read; it must be a text file.`);
  });
  const content = readPlainText(bytes, { name: path });
  if (content.length === 0) throw new Error(`--text: ${path} is empty; it must have text to learn.`);
  return new TextEncoder().encode(content);
}

function describe({ source, layers, heads, width, context }: GptSettings): string {
  const what = source.kind === "text" ? `text: ${source.name}` : `task: ${source.task}`;
  return `${what}; ${layers} layers, ${heads} heads, width ${width}, context ${context}`;
}

function lineOf(event: GptJobEvent): ProgressLine {
  if (event.kind === "preparing") {
    const what = event.stage === "tokenizer" ? "learning byte pairs" : "compiling pipelines";
    return { text: `${what} ${event.done}/${event.total}`, stays: false };
  }
  if (event.kind === "validated") {
    const { step, loss, exactAccuracy } = event;
    const exact = exactAccuracy === undefined ? "" : `, exact answers ${percent(exactAccuracy)}`;
    return { text: `step ${step}: validation loss ${loss.toFixed(4)}${exact}`, stays: true };
  }
  const { step, steps, loss, tokensPerSecond, remainingMs } = event;
  const parts = [
    bar(step, steps),
    `loss ${loss.toFixed(4)}`,
    `${Math.round(tokensPerSecond)} tokens/s`,
    `${duration(remainingMs)} left`,
  ];
  return { text: parts.join("  "), stays: false };
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await writeAtomically(join(folder, name), Buffer.from(content, "base64"));
  }
}

async function finish(
  view: ProgressView,
  { out, json }: GptOptions,
  settings: GptSettings,
  result: GptJobResult,
  adapter: string,
): Promise<void> {
  const { plan, sample, prompt, parameters, stepsPerSecond, tokensPerSecond, losses } = result;
  const { validationLoss, exactAccuracy } = result;
  view.line("");
  if (sample.length > 0) view.line(`${prompt}${sample}\n`);
  view.line(
    `plan: dispatches ${plan.dispatches}, submits ${plan.submits}, pipelines ${plan.pipelines}; ` +
      `GPU memory: ${megabytes(plan.peakBytes)} at most, ${megabytes(plan.liveBytes)} at the end`,
  );
  view.line(
    `${parameters} parameters, ${losses.length} steps, ${stepsPerSecond.toFixed(2)} steps/s, ${Math.round(tokensPerSecond)} tokens/s`,
  );
  if (exactAccuracy !== undefined) view.line(`exact answers ${percent(exactAccuracy)}`);
  view.line(`validation loss ${validationLoss.toFixed(4)}`);
  for (const name of CHECKPOINT_FILES) view.line(`wrote ${join(out, name)}`);
  if (json === undefined) return;
  const task = settings.source.kind === "text" ? "gpt" : settings.source.task;
  const steps = result.steps;
  const report = {
    task,
    adapter,
    settings,
    parameters,
    steps,
    stepsPerSecond,
    tokensPerSecond,
    losses,
    validationLoss,
    exactAccuracy,
    sample: prompt + sample,
    plan,
  };
  await writeAtomically(json, `${JSON.stringify(report, null, 2)}\n`);
  view.line(`wrote ${json}`);
}
