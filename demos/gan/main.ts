// The page of the DCGAN: its samples over time, what the judge says of them, and the latents to explore.

import { find, setText } from "../_shell/elements.ts";
import { RunPage } from "../_shell/runPage.ts";
import { SampleScrubber } from "../_shell/sampleScrubber.ts";
import type { SettingsForm } from "../_shell/settingsForm.ts";
import { showSource } from "../_shell/showSource.ts";
import { labelsOf, settingsSpec } from "./controls.ts";
import { Explorer } from "./explorer.ts";
import type { Scores } from "./judge.ts";
import { unpackPictures } from "./packedPictures.ts";
import { type DcganEvent, type DcganReady, type DcganTypes, type GanSample, SHEET } from "./pageTypes.ts";
import { Readout } from "./readout.ts";
import type { RunConfig } from "./runConfig.ts";
import { SampleGrid } from "./sampleGrid.ts";
import { ScoresReadout } from "./scoresReadout.ts";
import twentyLinesSource from "./twentyLines.ts?raw";

const SAMPLES = SHEET.columns * SHEET.rows;

const form = (): SettingsForm<RunConfig> => page.settings;
const scoresReadout = new ScoresReadout();
const grid: SampleGrid = new SampleGrid((index) => explorer.pick(index));
const explorer = new Explorer(grid, (command) => page.command(command));
const scrubber = new SampleScrubber<GanSample>({
  show: showSample,
  describe: (sample) =>
    sample.scores === undefined ? "" : `judge ${Math.round(100 * sample.scores.confidence)} % sure`,
});
let shownRun: { readonly config: RunConfig; readonly own: DcganReady; readonly isInk: boolean } | undefined;
/** Whether the last of the scrubber's samples is how the generator stands, which nobody keeps. */
let isLastPassing = false;
/** All judgements, those of passing samples too, in order. */
let judgements: (Pick<GanSample, "step"> & { readonly scores: Scores })[] = [];

const page: RunPage<DcganTypes> = new RunPage<DcganTypes>({
  createWorker: () => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }),
  settings: settingsSpec(form),
  labelsOf,
  itemName: "pictures",
  advice: {
    smaller: "Choose a smaller batch or narrower networks",
    afterLoss: "The run was kept in this browser now and then.",
    retry: "Start again: it goes on from where it was kept last.",
  },
  shareNote: "It carries these settings, neither pictures nor what was learned.",
  recording: new URL("./recorded.run", import.meta.url),
  onReady({ config, own, history }, isLive) {
    const isInk =
      own.classNames.length === 10 && own.classNames.every((name, digit) => name === String(digit));
    shownRun = { config, own, isInk };
    const labelOf = (index: number) => (config.conditional ? (own.classNames[own.labels[index]] ?? "") : "");
    grid.reset({ pixels: Uint8Array.from(own.real), size: config.size, columns: 2, isInk }, labelOf, isLive);
    readout.reset(own);
    scoresReadout.reset(own.classNames, own.judge);
    isLastPassing = false;
    judgements = history.samples.flatMap(({ step, scores }) =>
      scores === undefined ? [] : [{ step, scores }],
    );
    scrubber.reset(history.samples);
    explorer.reset(config, own, { isLive, isInk });
    setText(find("#columns-note", HTMLElement), columnsText(config, own));
  },
  onPoints: (points) => readout.add(points),
  onSample(sample) {
    takeSample(sample, false);
    explorer.refresh();
  },
  onEvent: take,
  onGone: () => explorer.rest(),
  summary: () => readout.summary(),
});
const readout = new Readout(page.log);

showSource("#model-code", twentyLinesSource);
page.open();

function take(event: DcganEvent): void {
  switch (event.kind) {
    case "looked":
      takeSample(event.sample, true);
      explorer.refresh();
      break;
    case "judge":
      scoresReadout.showJudge(event.judge);
      break;
    case "drawn":
      explorer.answer(event.id, event.pixels);
  }
}

/** A sample stands in the place of a passing one before it. */
function takeSample(sample: GanSample, isPassing: boolean): void {
  const { step, scores } = sample;
  if (scores !== undefined) judgements.push({ step, scores });
  if (isLastPassing) scrubber.replaceLast(sample);
  else scrubber.add(sample);
  isLastPassing = isPassing;
}

function showSample(sample: GanSample | undefined): void {
  if (shownRun === undefined || sample === undefined) {
    scoresReadout.show(undefined);
    return;
  }
  const { config, own, isInk } = shownRun;
  const { size } = config;
  const pixels = unpackPictures(sample.pixels, SAMPLES * size * size);
  if (pixels === undefined) return;
  const described = `${SAMPLES} generated pictures after ${sample.step} steps. ${columnsText(config, own)}`;
  grid.show({ pixels, size, columns: SHEET.columns, isInk }, described);
  // Between two judgements the one before stands.
  scoresReadout.show(judgements.findLast(({ step }) => step <= sample.step)?.scores);
}

/** What the columns are. */
function columnsText({ conditional }: RunConfig, { classNames }: DcganReady): string {
  if (!conditional || classNames.length === 0) return "The same noise at each step.";
  const [first] = classNames;
  const last = classNames[classNames.length - 1];
  return classNames.length === SHEET.columns
    ? `Each column is told what to draw, from ${first} to ${last}; the noise stays the same.`
    : `Told in turn to draw ${classNames.join(", ")}; the noise stays the same.`;
}
