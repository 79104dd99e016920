// Checkpoints: a run that is stopped, written, read and gone on with is the run that was not stopped, to the last bit.

import { beforeAll, expect, test } from "vitest";
import { readCheckpoint, writeCheckpoint } from "../../../demos/gpt/checkpoint.ts";
import { CHECKPOINT_FILES, parseConfig } from "../../../demos/gpt/checkpointConfig.ts";
import { GptTraining } from "../../../demos/gpt/gptTraining.ts";
import { DEFAULT_SETTINGS, type GptSettings } from "../../../demos/gpt/settings.ts";
import { type Engine, manualSeed } from "../../../src/index.ts";
import { initShared } from "../../setup/sharedDevice.ts";

let engine: Engine;

beforeAll(async () => {
  engine = await initShared();
});

const settings: GptSettings = {
  ...DEFAULT_SETTINGS,
  source: { kind: "task", task: "addition" },
  layers: 1,
  heads: 2,
  width: 16,
  batchSize: 4,
  dropout: 0.1,
  steps: 6,
  warmupSteps: 2,
};

async function lossesOf(training: GptTraining, steps: number): Promise<number[]> {
  const losses: number[] = [];
  for (let index = 0; index < steps; index++) losses.push(await training.advance().item());
  return losses;
}

test.each<[string, Partial<GptSettings>]>([
  ["dropout", {}],
  ["dropout, two batches a step and blocks that are computed again", { accumulate: 2, checkpoint: true }],
])("six steps are three and three more, with %s", async (_name, change) => {
  const whole = await GptTraining.create(engine, { ...settings, ...change });
  const straight = await lossesOf(whole, 6);
  const first = await GptTraining.create(engine, { ...settings, ...change });
  const begun = await lossesOf(first, 3);
  const files = new Map([...(await writeCheckpoint(first))].map(([name, bytes]) => [name, bytes.slice()]));
  manualSeed(99, engine);
  const { config, state, tokenizer } = await readCheckpoint(files);
  const second = await GptTraining.create(engine, config.settings, { state, tokenizer });
  expect([...begun, ...(await lossesOf(second, 3))]).toEqual(straight);
  // Without the state the draws would be others: the test sees them.
  const others = await GptTraining.create(engine, config.settings, {
    state: { ...state, random: undefined },
    tokenizer,
  });
  expect(await lossesOf(others, 3)).not.toEqual(straight.slice(3));
  for (const training of [whole, first, second, others]) training.dispose();
});

test("a checkpoint without random numbers is read, one with impossible ones is not", async () => {
  const training = await GptTraining.create(engine, settings);
  const files = await writeCheckpoint(training);
  expect([...files.keys()]).toEqual([...CHECKPOINT_FILES]);
  const config = JSON.parse(new TextDecoder().decode(files.get("config.json")));
  expect(config.random).toEqual({ seed: 1, step: 0, eagerStreams: 0, hostStreams: expect.any(Number) });
  const parsed = (random: unknown) =>
    parseConfig(new TextEncoder().encode(JSON.stringify({ ...config, random })));
  expect(parsed(config.random)).toEqual(config);
  expect(parsed(undefined)).toMatchObject({ step: 0 });
  for (const random of [null, 3, {}, { ...config.random, step: -1 }, { ...config.random, seed: "1" }]) {
    expect(parsed(random)).toBe(
      'config.json: it is not of format "tilegrad-gpt", version 1; it must be what a checkpoint was saved with.',
    );
  }
  training.dispose();
});
