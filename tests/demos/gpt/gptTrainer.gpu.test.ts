// The GPT as the shell runs it: what is told of it, kept of it, and said of it when its numbers break.

import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { HistoryRecorder } from "../../../demos/_shell/runHistory.ts";
import type { Looks, RunContext } from "../../../demos/_shell/trainer.ts";
import { GptTrainer } from "../../../demos/gpt/gptTrainer.ts";
import { GptTraining } from "../../../demos/gpt/gptTraining.ts";
import type { GptEvent, GptTypes, Sample } from "../../../demos/gpt/pageTypes.ts";
import { completeConfig, type RunConfig, settingsFor } from "../../../demos/gpt/runConfig.ts";
import { type NamedText, readSavedRun } from "../../../demos/gpt/runFiles.ts";
import type { Engine } from "../../../src/index.ts";
import { initShared } from "../../setup/sharedDevice.ts";

const sizes = { layers: 1, heads: 2, width: 16, context: 16, batchSize: 8 };
const text: NamedText = {
  name: "poem.txt",
  fingerprint: "c85b1d0e",
  text: "the cat sat on the mat. ".repeat(40),
};

let engine: Engine;
let trainer: GptTrainer;
let told: GptEvent[];
let samples: Sample[];
let points: Record<string, number[]>;
let failures: unknown[];

beforeAll(async () => {
  engine = await initShared();
});

beforeEach(() => {
  told = [];
  samples = [];
  points = {};
  failures = [];
});

function makeContext(): { context: RunContext<GptTypes>; abort: AbortController } {
  const abort = new AbortController();
  const history = new HistoryRecorder<Sample>();
  const context: RunContext<GptTypes> = {
    history,
    signal: abort.signal,
    tell: (event) => told.push(event),
    addPoint: (name, value) => {
      points[name] = [...(points[name] ?? []), value];
      history.add(name, { step: trainer.step, value });
    },
    addSample: (sample) => {
      samples.push(sample);
      history.addSample(sample);
    },
    fail: (error) => failures.push(error),
  };
  return { context, abort };
}

async function open(config: RunConfig, learned: NamedText | undefined): Promise<void> {
  const training = await GptTraining.create(engine, settingsFor(config), { text: learned?.text });
  trainer = new GptTrainer({
    training,
    config,
    characterCount: learned?.text.length ?? 0,
    text: learned,
  });
}

const ofText = () => {
  const { name, fingerprint } = text;
  return open(completeConfig({ ...sizes, text: { kind: "file", name, fingerprint } }, true), text);
};
const ofTask = () =>
  open(completeConfig({ ...sizes, text: { kind: "task", task: "reversing" } }, true), undefined);

/** What would be looked at where training stands. */
async function lookWhereDue({ atSteps }: Looks<GptTypes>): Promise<number> {
  const due = atSteps.filter(({ isDue }) => isDue(trainer.step));
  for (const { look } of due) await look();
  return due.length;
}

test("samples and validations are made where they are due, and not twice", async () => {
  await ofTask();
  const { context } = makeContext();
  const looks = trainer.looks(context);
  expect(await lookWhereDue(looks)).toBe(2);
  await vi.waitFor(() => expect(samples).toHaveLength(1), { timeout: 20_000 });
  expect(await lookWhereDue(looks)).toBe(0);
  expect(points["validation loss"]).toHaveLength(1);
  const [exact] = points["exact answers"];
  expect(exact).toBeGreaterThanOrEqual(0);
  expect(exact).toBeLessThan(50);

  const [{ step, loss, lines }] = samples;
  expect([step, loss, lines.length]).toEqual([0, undefined, 6]);
  for (const { verdict } of lines) expect(verdict?.shown).not.toBe("");
  // It is told as it grows: it begins empty, and ends as it is.
  const grown = told.flatMap((event) => (event.kind === "sampling" ? [event.sample] : []));
  expect(grown[0].lines.map((line) => line.text).join("")).toBe("");
  expect(grown[grown.length - 1].lines.map((line) => line.text)).toEqual(lines.map((line) => line.text));

  trainer.advance().dispose();
  expect(await lookWhereDue(looks)).toBe(0);
  expect(failures).toEqual([]);
  await trainer.end();
});

test("a sample that is being written ends with the run", async () => {
  await ofText();
  const { context, abort } = makeContext();
  await lookWhereDue(trainer.looks(context));
  abort.abort();
  await trainer.end();
  expect(samples).toEqual([]);
});

test("it writes, and answers what it is asked", async () => {
  await ofText();
  const { context } = makeContext();
  const options = { maxTokens: 20, temperature: 1, topK: undefined, topP: 1 };
  await trainer.command({ kind: "write", id: 7, prompt: "the c", options }, context);
  const written = told.flatMap((event) => (event.kind === "written" && event.id === 7 ? [event.text] : []));
  expect(written.join("")).toHaveLength(20);
  expect(told[told.length - 1]).toMatchObject({ kind: "writingEnded", id: 7 });
  expect(told[told.length - 1]).not.toHaveProperty("fault");

  await trainer.command({ kind: "write", id: 8, prompt: "Q", options }, context);
  expect(told[told.length - 1]).toEqual({
    kind: "writingEnded",
    id: 8,
    tokensPerSecond: 0,
    fault: "The model has never seen “Q”: its text has no such character.",
  });

  await trainer.command({ kind: "inspect", id: 9, request: { kind: "next", text: "the" } }, context);
  expect(told[told.length - 1]).toMatchObject({ kind: "inspected", id: 9, reply: { kind: "next" } });
  await trainer.command({ kind: "inspect", id: 10, request: { kind: "next", text: "" } }, context);
  expect(told[told.length - 1]).toMatchObject({ id: 10, reply: { kind: "refused" } });
  await trainer.end();
});

test("a saved run has its text, and goes on from its files as it would have", async () => {
  await ofText();
  trainer.setLive({ learningRate: 0.02 });
  expect(trainer.config.learningRate).toBe(0.02);
  trainer.advance().dispose();
  const files = trainer.filesOf(await trainer.save());
  expect([...files.keys()]).toEqual([
    "model.safetensors",
    "training.safetensors",
    "config.json",
    "tokenizer.json",
    "text.txt",
  ]);
  const first = await trainer.advance().item();
  const saved = await readSavedRun(
    new Map([...files].map(([name, bytes]) => [name, Uint8Array.from(bytes)])),
  );
  expect(saved.step).toBe(1);
  expect(saved.state.text?.text).toBe(text.text);
  expect(saved.config).toEqual({
    ...trainer.config,
    text: { ...trainer.config.text, fingerprint: saved.state.text?.fingerprint },
  });
  expect(trainer.isSound(saved.state)).toBe(true);
  trainer.restore(saved.state);
  expect(trainer.step).toBe(1);
  expect(await trainer.advance().item()).toBe(first);
  await trainer.end();
});

test("it says which parameter or layer first was no number", async () => {
  await ofText();
  trainer.advance().dispose();
  const sound = await trainer.save();
  expect(await trainer.findBroken(sound, 3)).toBe("the loss");

  const spoilt = (name: string, value: number) => {
    const { checkpoint } = sound;
    const old = checkpoint.state.model.get(name);
    if (old === undefined) throw new Error(`The model has no ${name}.`);
    const data = Float32Array.from(old.data, () => value);
    const model = new Map([...checkpoint.state.model, [name, { ...old, data }]]);
    return { ...sound, checkpoint: { ...checkpoint, state: { ...checkpoint.state, model } } };
  };
  const overflowing = spoilt("transformer.h.0.attn.c_attn.weight", 3e38);
  expect(trainer.isSound(overflowing)).toBe(true);
  expect(await trainer.findBroken(overflowing, 2)).toBe("transformer.h.0.attn.c_attn");
  const broken = spoilt("transformer.h.0.mlp.c_fc.weight", Number.NaN);
  expect(trainer.isSound(broken)).toBe(false);
  expect(await trainer.findBroken(broken, 2)).toBe("transformer.h.0.mlp.c_fc.weight");
  await trainer.end();
});
