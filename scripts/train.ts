// The training job: trains a model in a headless browser and shows live how it goes.
//
//   npm run train -- digits [options]        `npm run train -- --help` lists them
//
// Decides: what happens in which order, and that whatever goes wrong is one line on standard error and exit code 1.
// The browser does the training (demos/digits/job.ts); data, files and the terminal are here.

import { loadDigits } from "./train/digits.ts";
import { parseTrainOptions, usageText } from "./train/options.ts";
import { prepareOutputs, printOutcome, writeOutputs } from "./train/outcome.ts";
import { ProgressView } from "./train/progressView.ts";

try {
  await main(process.argv.slice(2));
  // Vite and the browser may leave handles open.
  process.exit(0);
} catch (error) {
  console.error(`train: ${oneLine(error)}`);
  process.exit(1);
}

async function main(args: readonly string[]): Promise<void> {
  const options = parseTrainOptions(args);
  if (options === "help") {
    console.log(usageText);
    return;
  }
  const digits = await loadDigits(options);
  await prepareOutputs(options);
  const view = new ProgressView(process.stdout);
  view.line(
    `${digits.train.labels.length} training and ${digits.test.labels.length} test digits, ${digits.source}`,
  );
  // Only now: these two load much, and who made a mistake should not wait for it.
  const [{ launchBrowser }, { runInPage }] = await Promise.all([
    import("./browser.ts"),
    import("./train/jobPage.ts"),
  ]);
  const { browser, adapter } = await launchBrowser({ log: (line) => view.line(line) });
  try {
    const adapterName = [adapter.kind, adapter.vendor, adapter.architecture].filter(Boolean).join(" ");
    const result = await runInPage(browser, digits, options, (event) => view.show(event));
    const files = await writeOutputs(options, digits, adapterName, result);
    printOutcome(view, result, files);
  } finally {
    await browser.close();
  }
}

/** An error as one line: what it says, not where. */
function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s*\n\s*/g, " ").trim();
}
