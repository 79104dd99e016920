// Lets a saved model go on with a prompt, in a headless browser, and prints the text as it comes.
//
//   npm run generate -- --model DIR --prompt "..."        `npm run generate -- --help` lists the options

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { GenerateJobEvent, GenerateJobResult, GenerateJobSettings } from "../demos/gpt/generateJob.ts";
import { oneLine } from "./oneLine.ts";
import { between, flagValues, whole } from "./train/commandLine.ts";
import { inBrowser } from "./train/inBrowser.ts";

const usage = `Usage: npm run generate -- --model DIR --prompt TEXT [options]

  --model DIR       model.safetensors, config.json and tokenizer.json: what \`npm run train -- gpt\` left, or a GPT-2 of Hugging Face's
  --prompt TEXT     what the text begins with
  --tokens N        tokens to add at the most (default 200)
  --temperature X   0 takes the most likely token (default 0.8)
  --top-k N         draw from the N most likely tokens (default: all)
  --top-p X         draw from the most likely tokens that add up to X (default 1: all)
  --penalty X       above 1, tokens of the text so far become less likely (default 1)
  --seed N          (default 1)
  --help            this text`;

const flags = ["model", "prompt", "tokens", "temperature", "top-k", "top-p", "penalty", "seed"];

try {
  await main(process.argv.slice(2));
  process.exit(0);
} catch (error) {
  console.error(`generate: ${oneLine(error)}`);
  process.exit(1);
}

async function main(args: readonly string[]): Promise<void> {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(usage);
    return;
  }
  const values = flagValues(args, flags);
  const folder = required(values, "model");
  const settings: GenerateJobSettings = {
    prompt: required(values, "prompt"),
    seed: whole(values, "seed", 1, 0, 2 ** 32 - 1),
    options: {
      maxTokens: whole(values, "tokens", 200, 0),
      temperature: between(values, "temperature", 0.8, 0, 1000),
      topK: values.has("top-k") ? whole(values, "top-k", 1, 1) : undefined,
      topP: between(values, "top-p", 1, Number.MIN_VALUE, 1),
      repetitionPenalty: between(values, "penalty", 1, Number.MIN_VALUE, 1000),
    },
  };
  const files = new Map<string, Uint8Array>();
  for (const name of ["model.safetensors", "config.json", "tokenizer.json"]) {
    const bytes = await readFile(join(folder, name)).catch(() => {
      throw new Error(`--model: ${join(folder, name)} cannot be read; it must be there.`);
    });
    files.set(name, bytes);
  }
  const job = { page: "/gpt/generateJob.html", settings, files };
  process.stdout.write(settings.prompt);
  await inBrowser<GenerateJobSettings, GenerateJobResult, GenerateJobEvent>(
    job,
    ({ text }) => process.stdout.write(text),
    (line) => process.stderr.write(`${line}\n`),
    async ({ tokens, tokensPerSecond }) => {
      process.stdout.write("\n");
      process.stderr.write(`${tokens} tokens, ${tokensPerSecond.toFixed(1)} tokens/s\n`);
    },
  );
}

function required(values: ReadonlyMap<string, string>, flag: string): string {
  const value = values.get(flag);
  if (value === undefined) throw new Error(`--${flag} is missing; --help lists the options.`);
  return value;
}
