// `npm run train -- gan --kind dcgan`: a DCGAN on digits.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CHECKPOINT_FILES, parseConfig } from "../../demos/gan/checkpointConfig.ts";
import type { GanJobEvent, GanJobResult, GanJobSettings } from "../../demos/gan/job.ts";
import { type Pictures, picturesFault } from "../../demos/gan/pictures.ts";
import { type DcganSettings, settingsFault } from "../../demos/gan/settings.ts";
import { encodePng } from "../../src/formats/png.ts";
import { type DcganOptions, parseDcganOptions } from "./ganOptions.ts";
import { generatedPictures, picturesFrom } from "./ganPictures.ts";
import { inBrowser } from "./inBrowser.ts";
import { prepareOutputs } from "./outcome.ts";
import { bar, duration, megabytes, type ProgressLine, ProgressView, percent } from "./progressView.ts";
import { sampleSheet } from "./sampleSheet.ts";
import { writeAtomically } from "./writeAtomically.ts";

type Looked = Extract<GanJobEvent, { kind: "looked" }>;

export async function runDcgan(args: readonly string[]): Promise<void> {
  const options = parseDcganOptions(args);
  const files = new Map<string, Uint8Array>();
  const settings = await settingsFor(options, files);
  const { data } = options;
  const pictures =
    data === undefined ? generatedPictures(options.count, settings.seed) : await picturesFrom(data);
  const fault = settingsFault(settings) ?? picturesFault(pictures, settings);
  if (fault !== undefined) throw new Error(fault);
  files.set("images", pictures.images);
  files.set("labels", pictures.labels);
  await prepareOutputs(options);
  const view = new ProgressView(process.stdout);
  view.line(describe(settings, pictures, data));
  const job: GanJobSettings = {
    settings,
    pictureSize: pictures.size,
    isResumed: options.resume !== undefined,
  };
  const written = { last: Promise.resolve() };
  await inBrowser<GanJobSettings, GanJobResult, GanJobEvent>(
    { page: "/gan/job.html", settings: job, files },
    (event) => {
      view.show(lineOf(event));
      // One after the other: an older checkpoint must not come to stand over a newer one.
      if (event.kind === "looked") {
        written.last = written.last.then(() => writeLook(options.out, settings, event));
        written.last.catch(() => undefined); // told where it is awaited
      }
    },
    (line) => view.line(line),
    async (result, adapter) => {
      await written.last;
      const { length } = pictures.labels;
      await finish(
        view,
        options,
        settings,
        { source: data ?? "generated", pictures: length },
        result,
        adapter,
      );
    },
  ).finally(() => written.last.catch(() => undefined));
}

/** Those of the command line, or those of the checkpoint that is gone on from, whose files join `files`. */
async function settingsFor(options: DcganOptions, files: Map<string, Uint8Array>): Promise<DcganSettings> {
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

function describe(
  { size, latentSize, channels, conditional, loss }: DcganSettings,
  { labels }: Pictures,
  data: string | undefined,
): string {
  const told = conditional ? ", told the digit" : "";
  return (
    `${labels.length} digits, ${data ?? "generated"}; ${size} x ${size} pixels of ${latentSize} latents, ` +
    `channels ${channels.join(" and ")}${told}, ${loss} loss`
  );
}

function lineOf(event: GanJobEvent): ProgressLine {
  switch (event.kind) {
    case "preparing": {
      const what = event.stage === "judge" ? "training the judge" : "compiling pipelines";
      return { text: `${what} ${event.done}/${event.total}`, stays: false };
    }
    case "judged": {
      const { accuracy, confidence } = event.quality;
      const text = `judge: LeNet-5, right about ${percent(accuracy)} of real digits, ${percent(confidence)} sure`;
      return { text, stays: true };
    }
    case "looked": {
      const { confidence, classShares } = event.scores;
      const text = `step ${event.step}: the judge is ${percent(confidence)} sure, rarest digit ${rarest(classShares)}`;
      return { text, stays: true };
    }
    case "steps":
      return { text: stepsLine(event), stays: false };
  }
}

function stepsLine(event: Extract<GanJobEvent, { kind: "steps" }>): string {
  const { step, steps, discriminatorLoss, generatorLoss, stepsPerSecond, remainingMs } = event;
  return [
    bar(step, steps),
    `discriminator ${discriminatorLoss.toFixed(4)}`,
    `generator ${generatorLoss.toFixed(4)}`,
    `${stepsPerSecond.toFixed(1)} steps/s`,
    `${duration(remainingMs)} left`,
  ].join("  ");
}

/** "7 at 3.85 %". */
function rarest(classShares: readonly number[]): string {
  const least = Math.min(...classShares);
  return `${classShares.indexOf(least)} at ${percent(least)}`;
}

function sheetName(step: number): string {
  return `samples-${String(step).padStart(6, "0")}.png`;
}

/** The sheet, then the checkpoint. */
async function writeLook(folder: string, { size }: DcganSettings, look: Looked): Promise<void> {
  const { columns, pixels } = look.sheet;
  const picture = sampleSheet(Buffer.from(pixels, "base64"), size, columns);
  await writeAtomically(join(folder, sheetName(look.step)), await encodePng(picture));
  for (const [name, content] of Object.entries(look.files)) {
    await writeAtomically(join(folder, name), Buffer.from(content, "base64"));
  }
}

async function finish(
  view: ProgressView,
  { out, json }: DcganOptions,
  settings: DcganSettings,
  dataset: { readonly source: string; readonly pictures: number },
  result: GanJobResult,
  adapter: string,
): Promise<void> {
  const { plan, parameters, steps, stepsPerSecond, losses, scores, judge } = result;
  view.line("");
  view.line(
    `plan: dispatches ${plan.dispatches}, submits ${plan.submits}, pipelines ${plan.pipelines}, ` +
      `allocations ${plan.allocations}; ` +
      `GPU memory: ${megabytes(plan.peakBytes)} at most, ${megabytes(plan.liveBytes)} at the end`,
  );
  view.line(
    `${parameters} parameters, ${losses.generator.length} steps, ${stepsPerSecond.toFixed(2)} steps/s`,
  );
  view.line(
    `samples: the judge is ${percent(scores.confidence)} sure (of real digits ${percent(judge.confidence)}); shares of 0 to 9: ` +
      scores.classShares.map((share) => percent(share)).join(", "),
  );
  for (const name of [...CHECKPOINT_FILES, sheetName(steps)]) view.line(`wrote ${join(out, name)}`);
  if (json === undefined) return;
  const kind = "dcgan";
  const run = { task: "gan", kind, adapter, dataset, settings, parameters, steps, stepsPerSecond };
  await writeAtomically(json, `${JSON.stringify({ ...run, losses, scores, judge, plan }, null, 2)}\n`);
  view.line(`wrote ${json}`);
}
