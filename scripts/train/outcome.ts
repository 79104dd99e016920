// What a run leaves behind: the model, the sheet of mistakes, the JSON, and the closing lines in the terminal.

import { mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { JobResult } from "../../demos/digits/job.ts";
import { encodePng } from "../../src/formats/png.ts";
import type { Digits } from "./digits.ts";
import { hardestMistakes, mistakeSheet, sheetLegend } from "./mistakeSheet.ts";
import type { TrainOptions } from "./options.ts";
import { megabytes, type ProgressView, percent } from "./progressView.ts";
import { writeAtomically } from "./writeAtomically.ts";

/** Makes the folders now: a training of minutes must not end with a file that cannot be written. */
export async function prepareOutputs({ out, json }: Pick<TrainOptions, "out" | "json">): Promise<void> {
  await makeFolder("--out", out);
  if (json === undefined) return;
  await makeFolder("--json", dirname(json));
  const known = await stat(json).catch(() => undefined);
  if (known?.isDirectory()) throw new Error(`--json: ${json} is a folder; it must be a file.`);
}

/** Writes everything; returns the paths. */
export async function writeOutputs(
  { out, json, seed }: TrainOptions,
  { source, train, test }: Digits,
  adapter: string,
  result: JobResult,
): Promise<string[]> {
  const files: string[] = [];
  const write = async (path: string, content: Uint8Array | string) => {
    await writeAtomically(path, content);
    files.push(path);
  };
  await write(join(out, "model.safetensors"), Buffer.from(result.modelBase64, "base64"));
  const mistakes = hardestMistakes(test.labels, result.predicted, result.confidence);
  if (mistakes.length > 0)
    await write(join(out, "mistakes.png"), await encodePng(mistakeSheet(test, mistakes)));
  if (json !== undefined) {
    const { steps, stepsPerSecond, losses, testAccuracy, plan } = result;
    const dataset = { source, train: train.labels.length, test: test.labels.length };
    const report = {
      task: "digits",
      adapter,
      dataset,
      seed,
      steps,
      stepsPerSecond,
      losses,
      testAccuracy,
      plan,
    };
    await write(json, `${JSON.stringify(report, null, 2)}\n`);
  }
  return files;
}

export function printOutcome(view: ProgressView, result: JobResult, files: readonly string[]): void {
  const { labels, predicted, confidence, plan, confusion } = result;
  view.line("");
  for (const line of confusionLines(confusion)) view.line(line);
  const mistakes = hardestMistakes(labels, predicted, confidence);
  if (mistakes.length > 0) {
    view.line("");
    view.line("the most certain mistakes, digit→taken for, as on the sheet:");
    for (const line of sheetLegend(mistakes)) view.line(`  ${line}`);
  }
  view.line("");
  view.line(
    `plan: dispatches ${plan.dispatches}, submits ${plan.submits}, pipelines ${plan.pipelines}; ` +
      `GPU memory: ${megabytes(plan.peakBytes)} at most, ${megabytes(plan.liveBytes)} at the end`,
  );
  view.line(`${result.steps} steps, ${result.stepsPerSecond.toFixed(1)} steps/s`);
  view.line(`test accuracy ${percent(result.testAccuracy)}`);
  for (const file of files) view.line(`wrote ${file}`);
}

/** A table: true digits down, predicted digits across, zeros as dots. */
export function confusionLines(counts: readonly (readonly number[])[]): string[] {
  const width = Math.max(3, ...counts.flat().map((count) => String(count).length)) + 1;
  const cells = (values: readonly (number | string)[]) =>
    values.map((value) => String(value).padStart(width)).join("");
  return [
    "confusion matrix, true digit down, predicted digit across:",
    `    ${cells(counts.map((_, digit) => digit))}`,
    ...counts.map((row, digit) => `  ${digit} ${cells(row.map((count) => (count === 0 ? "." : count)))}`),
  ];
}

async function makeFolder(flag: string, folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${flag}: ${folder} cannot be made (${reason}); choose another.`);
  }
}
