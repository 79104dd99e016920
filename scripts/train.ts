// The training jobs: train a model in a headless browser and show live how it goes.
//
//   npm run train -- digits [options]        `npm run train -- --help` lists tasks and options
//   npm run train -- gpt [options]
//   npm run train -- gan [options]
//
// Decides: that whatever goes wrong is one line on standard error and exit code 1. What a task does stands in train/;
// the browser does the training, in the job page of the task's demo.

import { oneLine } from "./oneLine.ts";
import { gptUsage } from "./train/gptOptions.ts";
import { digitsUsage } from "./train/options.ts";
import { runDigits } from "./train/runDigits.ts";
import { ganUsage, runGan } from "./train/runGan.ts";
import { runGpt } from "./train/runGpt.ts";

const tasks = new Map([
  ["digits", { run: runDigits, usage: digitsUsage }],
  ["gpt", { run: runGpt, usage: gptUsage }],
  ["gan", { run: runGan, usage: ganUsage }],
]);

try {
  await main(process.argv.slice(2));
  // Vite and the browser may leave handles open.
  process.exit(0);
} catch (error) {
  console.error(`train: ${oneLine(error)}`);
  process.exit(1);
}

async function main([name, ...rest]: readonly string[]): Promise<void> {
  const isHelp = (argument: string) => argument === "--help" || argument === "-h";
  const known = [...tasks.keys()].join(", ");
  const task = name === undefined ? undefined : tasks.get(name);
  if (task === undefined) {
    if (name !== undefined && isHelp(name)) {
      console.log([...tasks.values()].map(({ usage }) => usage).join("\n\n"));
      return;
    }
    if (name === undefined || name.startsWith("-"))
      throw new Error(`no task is given; say one of ${known}, or --help.`);
    throw new Error(`the task "${name}" is unknown; there is ${known}.`);
  }
  if (rest.some(isHelp)) console.log(task.usage);
  else await task.run(rest);
}
