// `npm run train -- gan --kind gan2d`: two small networks on points of the plane.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CHECKPOINT_FILES, parseConfig } from "../../demos/gan2d/checkpointConfig.ts";
import { type GanSettings, settingsFault } from "../../demos/gan2d/ganSettings.ts";
import type { GanJobEvent, GanJobResult, GanJobSettings } from "../../demos/gan2d/job.ts";
import { encodePng } from "../../src/formats/png.ts";
import { type Gan2dOptions, parseGan2dOptions } from "./gan2dOptions.ts";
import { inBrowser } from "./inBrowser.ts";
import { prepareOutputs } from "./outcome.ts";
import { pointsPicture } from "./pointsPicture.ts";
import { bar, duration, megabytes, type ProgressLine, ProgressView, percent } from "./progressView.ts";
import { writeAtomically } from "./writeAtomically.ts";

/** Pictures, measurements and checkpoints of a run. */
const LOOKS = 8;

type Measured = Extract<GanJobEvent, { kind: "measured" }>;

/** Trains as `args` say, which come behind task and kind. Throws an error of one line. */
export async function runGan2d(args: readonly string[]): Promise<void> {
  const options = parseGan2dOptions(args);
  const files = new Map<string, Uint8Array>();
  const settings = await settingsFor(options, files);
  const fault = settingsFault(settings);
  if (fault !== undefined) throw new Error(fault);
  await prepareOutputs(options);
  const view = new ProgressView(process.stdout);
  view.line(describe(settings));
  const job: GanJobSettings = {
    settings,
    steps: options.steps,
    isResumed: options.resume !== undefined,
    looks: LOOKS,
  };
  const written = { last: Promise.resolve(), pictures: [] as string[] };
  await inBrowser<GanJobSettings, GanJobResult, GanJobEvent>(
    { page: "/gan2d/job.html", settings: job, files },
    (event) => {
      view.show(lineOf(event));
      if (event.kind !== "measured") return;
      // One after the other: an older checkpoint must not come to stand over a newer one.
      written.last = written.last.then(async () => {
        written.pictures.push(await writeLook(options.out, event));
      });
    },
    (line) => view.line(line),
    async (result, adapter) => {
      await written.last;
      await finish(view, options, { settings, result, adapter, pictures: written.pictures });
    },
  );
}

/** Those of the command line, or those of the checkpoint that is gone on from, whose files join `files`. */
async function settingsFor(options: Gan2dOptions, files: Map<string, Uint8Array>): Promise<GanSettings> {
  const { resume, settings, given, steps } = options;
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
  if (config.step >= steps) {
    throw new Error(
      `--steps is ${steps}, and the run in ${resume} has ${config.step} steps; it must be above that.`,
    );
  }
  return { ...config.settings, ...given };
}

function describe({
  distribution,
  loss,
  penalty,
  penaltyWeight,
  generator,
  discriminator,
}: GanSettings): string {
  const smooth = penalty === "none" ? "no penalty" : `${penalty} ${penaltyWeight}`;
  const size = ({ layers, width }: GanSettings["generator"]) => `${layers} x ${width}`;
  return `${distribution}; ${loss}, ${smooth}; generator ${size(generator)}, discriminator ${size(discriminator)}`;
}

function lineOf(event: GanJobEvent): ProgressLine {
  if (event.kind === "pipelines") {
    return { text: `compiling pipelines ${event.done}/${event.total}`, stays: false };
  }
  if (event.kind === "measured") {
    return { text: `step ${event.step}: ${measuresText(event.measures)}`, stays: true };
  }
  const { step, steps, discriminatorLoss, generatorLoss, stepsPerSecond, remainingMs } = event;
  const parts = [
    bar(step, steps),
    `losses D ${discriminatorLoss.toFixed(4)} G ${generatorLoss.toFixed(4)}`,
    `${stepsPerSecond.toFixed(1)} steps/s`,
    `${duration(remainingMs)} left`,
  ];
  return { text: parts.join("  "), stays: false };
}

function measuresText({ kl, js, coverage }: Measured["measures"]): string {
  const distances = `KL ${kl.toFixed(3)}, JS ${js.toFixed(3)}`;
  if (coverage === undefined) return distances;
  const { covered, shares, within } = coverage;
  return `${distances}, ${covered} of ${shares.length} modes, ${percent(within)} within 3 deviations`;
}

/** Writes checkpoint and picture; gives the picture's path. */
async function writeLook(folder: string, { step, real, fake, files }: Measured): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    await writeAtomically(join(folder, name), Buffer.from(content, "base64"));
  }
  const path = join(folder, `points-${String(step).padStart(6, "0")}.png`);
  await writeAtomically(path, await encodePng(pointsPicture(real, fake)));
  return path;
}

interface Ending {
  readonly settings: GanSettings;
  readonly result: GanJobResult;
  readonly adapter: string;
  readonly pictures: readonly string[];
}

async function finish(
  view: ProgressView,
  { out, json }: Gan2dOptions,
  { settings, result, adapter, pictures }: Ending,
): Promise<void> {
  const { plan, steps, stepsPerSecond, losses, measures, parameters } = result;
  view.line("");
  view.line(
    `plan: dispatches ${plan.dispatches}, submits ${plan.submits}, pipelines ${plan.pipelines}; ` +
      `GPU memory: ${megabytes(plan.peakBytes)} at most, ${megabytes(plan.liveBytes)} at the end`,
  );
  view.line(
    `${parameters.generator} and ${parameters.discriminator} parameters, ${steps} steps, ${stepsPerSecond.toFixed(1)} steps/s`,
  );
  view.line(measuresText(measures));
  for (const path of [...CHECKPOINT_FILES.map((name) => join(out, name)), ...pictures])
    view.line(`wrote ${path}`);
  if (json === undefined) return;
  const { kl, js, coverage } = measures;
  const scores = { kl, js, ...coverage };
  const report = {
    task: "gan",
    kind: "gan2d",
    adapter,
    settings,
    steps,
    stepsPerSecond,
    losses,
    scores,
    plan,
  };
  await writeAtomically(json, `${JSON.stringify(report, null, 2)}\n`);
  view.line(`wrote ${json}`);
}
