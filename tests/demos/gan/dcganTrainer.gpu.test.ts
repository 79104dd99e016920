// The DCGAN as its page runs it: rates that change, a judge beside it, pictures without labels.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HistoryRecorder } from "../../../demos/_shell/runHistory.ts";
import type { RunContext } from "../../../demos/_shell/trainer.ts";
import { DcganTrainer } from "../../../demos/gan/dcganTrainer.ts";
import { GanTraining } from "../../../demos/gan/ganTraining.ts";
import { JudgeRoom } from "../../../demos/gan/judgeRoom.ts";
import type { DcganEvent, DcganTypes, GanSample } from "../../../demos/gan/pageTypes.ts";
import { completeConfig, type RunConfig } from "../../../demos/gan/runConfig.ts";
import type { Engine } from "../../../src/api/engine.ts";
import { generateDigits } from "../../../src/data/generateDigits.ts";
import { initShared } from "../../setup/sharedDevice.ts";

const digits = generateDigits({ count: 40, seed: 1 });
const CLASS_NAMES = [..."0123456789"];
const config = completeConfig({ latentSize: 4, channels: [4, 3], batchSize: 8, average: 0, seed: 2 });

let engine: Engine;

beforeAll(async () => {
  engine = await initShared();
});

afterAll(() => engine.destroy());

function trainerOf(
  own: RunConfig,
  room?: JudgeRoom,
  pictures: typeof digits | object = digits,
): DcganTrainer {
  const training = new GanTraining(engine, own, pictures as typeof digits);
  const classNames = "labels" in pictures ? CLASS_NAMES : [];
  const about = { classNames, real: new Uint8Array(), pictureCount: 40 };
  return new DcganTrainer({ training, config: own, room, about, onEnd: () => room?.dispose() });
}

async function advance(trainer: DcganTrainer, steps: number): Promise<number[][]> {
  const losses: number[][] = [];
  for (let i = 0; i < steps; i++) {
    const both = trainer.advance();
    losses.push([...((await both.data()) as Float32Array)]);
    both.dispose();
  }
  return losses;
}

/** What a trainer tells while its looks are made. */
function contextOf() {
  const told = { events: [] as DcganEvent[], samples: [] as GanSample[], points: new Map<string, number>() };
  const context: RunContext<DcganTypes> = {
    history: new HistoryRecorder(),
    signal: new AbortController().signal,
    tell: (event) => told.events.push(event),
    addPoint: (name, value) => told.points.set(name, value),
    addSample: (sample) => told.samples.push(sample),
    fail(error) {
      throw error;
    },
  };
  return { context, told };
}

test("a judge that learns beside it changes nothing of a run, and then scores its samples", async () => {
  const alone = trainerOf(config);
  const losses = await advance(alone, 3);
  await alone.end();

  const room = new JudgeRoom(engine, "digits", digits);
  const trainer = trainerOf(config, room);
  expect(await advance(trainer, 3)).toEqual(losses);
  expect(room.state).toEqual({ kind: "learning", done: 3, total: 12 });
  const { context, told } = contextOf();
  const [judging, sampling] = trainer.looks(context).atSteps;
  await advance(trainer, 9);
  expect(judging.isDue(trainer.step)).toBe(true);
  await judging.look();
  expect(judging.isDue(trainer.step)).toBe(false);
  await sampling.look();
  expect(told.events.map(({ kind }) => kind)).toEqual(["judge", "looked"]);
  const [sample] = told.samples;
  expect(sample.step).toBe(12);
  expect(sample.scores?.classShares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
  expect(told.points.get("judge's confidence")).toBeGreaterThan(10);
  await trainer.end();
}, 60_000);

test("each network has a rate of its own, from the next step on", async () => {
  const trainer = trainerOf(config);
  await advance(trainer, 1);
  const before = await trainer.save();
  trainer.setLive({ discriminatorRate: 1e-30 });
  expect(trainer.config).toMatchObject({ learningRate: 2e-3, discriminatorRate: 1e-30 });
  await advance(trainer, 1);
  const after = await trainer.save();
  const weight = "main.0.weight";
  expect(after.discriminator.get(weight)?.data).toEqual(before.discriminator.get(weight)?.data);
  expect(after.generator.get(weight)?.data).not.toEqual(before.generator.get(weight)?.data);
  expect(() => trainer.setLive({ learningRate: Number.NaN })).toThrow(
    "settings: learningRate is NaN; it must be a number above 0.",
  );
  await trainer.end();
});

describe("pictures without labels", () => {
  const { images, size } = digits;
  const unlabelled = { images, size, labels: undefined };

  test("are learned, and nobody judges what is drawn", async () => {
    const own = { ...config, conditional: false };
    const trainer = trainerOf(own, undefined, { images, size });
    expect((await advance(trainer, 1)).flat().every(Number.isFinite)).toBe(true);
    expect(trainer.own.judge).toEqual({
      kind: "none",
      reason: "These pictures have no labels, so no judge can learn what they show.",
    });
    await trainer.end();
  });

  test("are refused where networks are told classes", () => {
    expect(() => new GanTraining(engine, config, unlabelled)).toThrow(
      "pictures: they have no labels; networks that are told what to draw learn from labelled ones.",
    );
  });
});

test("it draws what is asked for, and no more than fits", async () => {
  const trainer = trainerOf(config);
  const { context, told } = contextOf();
  const ask = (count: number) => ({
    kind: "draw" as const,
    id: "walk",
    latents: new Float32Array(count * config.latentSize),
    labels: Array<number>(count).fill(3),
  });
  await trainer.command(ask(2), context);
  const [drawn] = told.events;
  expect(drawn.kind === "drawn" && drawn.pixels.length).toBe(2 * 28 * 28);
  await expect(trainer.command(ask(101), context)).rejects.toThrow(
    "draw: there are 101 latents; 1 to 100 are allowed.",
  );
  await trainer.end();
});
