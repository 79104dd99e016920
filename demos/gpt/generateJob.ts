// The page of `npm run generate`: a saved model goes on with a prompt, and tells the text as it comes.

import {
  type Engine,
  FormatError,
  loadSafetensors,
  manualSeed,
  models,
  readTokenizerJson,
  TokenDecoder,
  type Tokenizer,
} from "../../src/index.ts";
import { defineJob, fetchJobBytes } from "../_shell/job.ts";
import { readTokenizer } from "./checkpoint.ts";
import { parseConfig } from "./checkpointConfig.ts";
import { gpt2Config } from "./gpt2Config.ts";

export interface GenerateJobSettings {
  readonly prompt: string;
  readonly seed: number;
  readonly options: models.GenerateOptions;
}

export interface GenerateJobEvent {
  readonly text: string;
}

export interface GenerateJobResult {
  readonly tokens: number;
  readonly tokensPerSecond: number;
}

defineJob(async (engine: Engine, settings: GenerateJobSettings, tell: (event: GenerateJobEvent) => void) => {
  const { model, tokenizer } = await openModel();
  manualSeed(settings.seed, engine);
  const decoder = new TokenDecoder(tokenizer);
  const prompt = tokenizer.encode(settings.prompt);
  let tokens = 0;
  let startMs = performance.now();
  for await (const batch of new models.TextGenerator(model).generate(prompt, settings.options)) {
    // The first token comes after compiling; the rate is that of the others.
    if (tokens === 0) startMs = performance.now();
    tokens += batch.length;
    let text = "";
    for (const token of batch) text += decoder.push(token);
    if (text.length > 0) tell({ text });
  }
  const rest = decoder.flush();
  if (rest.length > 0) tell({ text: rest });
  const timeMs = performance.now() - startMs;
  return {
    tokens,
    tokensPerSecond: tokens > 1 ? (1000 * (tokens - 1)) / timeMs : 0,
  } satisfies GenerateJobResult;
});

/** A checkpoint of ours, or a GPT-2 as Hugging Face's files have it. */
async function openModel(): Promise<{ model: models.Gpt; tokenizer: Tokenizer }> {
  const [configBytes, tokenizerBytes, weights] = await Promise.all(
    ["config.json", "tokenizer.json", "model.safetensors"].map(fetchJobBytes),
  );
  const own = parseConfig(configBytes);
  const isOwn = typeof own !== "string";
  const config = isOwn ? own.model : gpt2Config(configBytes);
  if (config === undefined) throw new FormatError(String(own), 0);
  const name = "tokenizer.json";
  const tokenizer = isOwn ? readTokenizer(tokenizerBytes) : readTokenizerJson(tokenizerBytes, { name });
  const model = new models.Gpt(config);
  const { tensors } = await loadSafetensors(weights, { name: "model.safetensors" });
  model.loadStateDict(tensors);
  return { model, tokenizer };
}
