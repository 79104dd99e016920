// `npm run train -- digits`: LeNet-5 on digits.

import type { JobEvent, JobResult, JobSettings } from "../../demos/digits/job.ts";
import { loadDigits } from "./digits.ts";
import { inBrowser } from "./inBrowser.ts";
import { parseTrainOptions } from "./options.ts";
import { prepareOutputs, printOutcome, writeOutputs } from "./outcome.ts";
import { digitsLine, ProgressView } from "./progressView.ts";

export async function runDigits(args: readonly string[]): Promise<void> {
  const options = parseTrainOptions(args);
  const digits = await loadDigits(options);
  await prepareOutputs(options);
  const view = new ProgressView(process.stdout);
  const { train, test, source } = digits;
  view.line(`${train.labels.length} training and ${test.labels.length} test digits, ${source}`);
  const { epochs, batch: batchSize, lr: learningRate, seed } = options;
  const settings: JobSettings = { epochs, batchSize, learningRate, seed };
  const files = new Map([
    ["train-images", train.images],
    ["train-labels", train.labels],
    ["test-images", test.images],
    ["test-labels", test.labels],
  ]);
  const job = { page: "/digits/job.html", settings, files };
  await inBrowser<JobSettings, JobResult, JobEvent>(
    job,
    (event) => view.show(digitsLine(event)),
    (line) => view.line(line),
    async (result, adapter) =>
      printOutcome(view, result, await writeOutputs(options, digits, adapter, result)),
  );
}
