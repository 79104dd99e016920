// DCGAN: names and shapes as the same layers have in PyTorch, first values, what is refused, and a step of both networks
// as one plan that allocates nothing.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GanTraining } from "../../demos/gan/ganTraining.ts";
import {
  type DcganSettings,
  DEFAULT_SETTINGS,
  LOSS_NAMES,
  PLAIN_SETTINGS,
} from "../../demos/gan/settings.ts";
import type { Engine } from "../../src/api/engine.ts";
import { manualSeed } from "../../src/api/random.ts";
import { tensor, zeros } from "../../src/api/tensor.ts";
import { generateDigits } from "../../src/data/generateDigits.ts";
import { DcganDiscriminator, DcganGenerator } from "../../src/models/dcgan.ts";
import { initShared } from "../setup/sharedDevice.ts";

const digits = generateDigits({ count: 40, seed: 1 });
const small = { latentSize: 4, channels: [4, 3], batchSize: 8, steps: 20 } as const;
const shapesOf = (model: DcganGenerator | DcganDiscriminator) =>
  Object.fromEntries([...model.stateDict()].map(([name, { shape }]) => [name, [...shape]]));

let engine: Engine;

beforeAll(async () => {
  engine = await initShared();
});

afterAll(() => engine.destroy());

describe("networks", () => {
  test("the generator's state and pictures", async () => {
    const model = new DcganGenerator();
    expect(shapesOf(model)).toEqual({
      "main.0.weight": [32 * 7 * 7, 64],
      "main.2.weight": [32],
      "main.2.bias": [32],
      "main.2.running_mean": [32],
      "main.2.running_var": [32],
      "main.2.num_batches_tracked": [],
      "main.4.weight": [32, 16, 4, 4],
      "main.5.weight": [16],
      "main.5.bias": [16],
      "main.5.running_mean": [16],
      "main.5.running_var": [16],
      "main.5.num_batches_tracked": [],
      "main.7.weight": [16, 1, 4, 4],
      "main.7.bias": [1],
    });
    const pictures = model.forward(zeros([3, 64]));
    expect(pictures.shape).toEqual([3, 1, 28, 28]);
    expect((await pictures.data()).every((value) => Math.abs(value) <= 1)).toBe(true);
  });

  test("the discriminator's state and logits, with classes and of 32 pixels", () => {
    const model = new DcganDiscriminator({ size: 32, channels: [6, 4], classes: 10 });
    expect(shapesOf(model)).toMatchObject({
      "main.0.weight": [4, 1, 4, 4],
      "main.0.bias": [4],
      "main.2.weight": [6, 4, 4, 4],
      "main.3.running_var": [6],
      "main.6.weight": [10, 6 * 8 * 8],
      "main.6.bias": [10],
    });
    const labels = tensor(Int32Array.of(0, 9), [2]);
    expect(model.forward(zeros([2, 1, 32, 32]), labels).shape).toEqual([2]);
    expect(Object.keys(shapesOf(new DcganDiscriminator({ norm: "none" })))).not.toContain("main.3.weight");
  });

  test("first values are the paper's", async () => {
    manualSeed(1, engine);
    const state = new DcganGenerator({ classes: 10 }).stateDict();
    const spread = async (name: string) => {
      const values = Array.from((await state.get(name)?.data()) ?? []);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      return { mean, std: Math.sqrt(variance) };
    };
    for (const name of ["main.0.weight", "main.4.weight", "embedding.weight"]) {
      const { mean, std } = await spread(name);
      expect(Math.abs(mean)).toBeLessThan(0.003);
      expect(std).toBeGreaterThan(0.018);
      expect(std).toBeLessThan(0.022);
    }
    const gains = await spread("main.2.weight");
    expect(Math.abs(gains.mean - 1)).toBeLessThan(0.02);
    expect(gains.std).toBeGreaterThan(0.01);
    expect(await spread("main.7.bias")).toEqual({ mean: 0, std: 0 });
  });

  test.each<[string, () => unknown, string]>([
    [
      "a size that is not halved twice",
      () => new DcganGenerator({ size: 30 }),
      "DcganGenerator: size is 30 with 2 hidden pictures; it must be a multiple of 4.",
    ],
    [
      "no channels",
      () => new DcganDiscriminator({ channels: [] }),
      "DcganDiscriminator: channels is empty; it must have at least one whole number from 1.",
    ],
    [
      "half a latent",
      () => new DcganGenerator({ latentSize: 0.5 }),
      "DcganGenerator: latentSize has 0.5; it must be a whole number from 1.",
    ],
    [
      "one class",
      () => new DcganGenerator({ classes: 1 }),
      "DcganGenerator: classes is 1; it must be a whole number from 2.",
    ],
    [
      "latents of another size",
      () => new DcganGenerator().forward(zeros([2, 63])),
      "DcganGenerator: latents are [2, 63]; they must be [batch, 64].",
    ],
    [
      "pictures of another size",
      () => new DcganDiscriminator().forward(zeros([2, 1, 32, 32])),
      "DcganDiscriminator: pictures are [2, 1, 32, 32]; they must be [batch, 1, 28, 28].",
    ],
    [
      "labels that are missing",
      () => new DcganGenerator({ classes: 10 }).forward(zeros([2, 64])),
      "DcganGenerator: labels are missing; it was made for 10 classes, so each picture needs one.",
    ],
    [
      "labels that are not expected",
      () => new DcganGenerator().forward(zeros([2, 64]), zeros([2], { dtype: "i32" })),
      "DcganGenerator: labels are given, but it was made without classes; leave them out.",
    ],
  ])("%s", (_name, run, message) => {
    expect(run).toThrow(message);
  });
});

async function lossesOf(training: GanTraining, steps: number): Promise<number[]> {
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const both = training.advance();
    losses.push(...(await both.data()));
    both.dispose();
  }
  return losses;
}

describe("training", () => {
  const make = (settings: Partial<DcganSettings>) =>
    new GanTraining(engine, { ...DEFAULT_SETTINGS, ...small, ...settings }, digits);

  test.each([
    ["plain", PLAIN_SETTINGS, 90],
    ["default", DEFAULT_SETTINGS, 110],
  ] as const)(
    "a %s step is one submit of few dispatches, and allocates nothing",
    async (_, settings, most) => {
      const training = new GanTraining(engine, { ...settings, ...small }, digits);
      await training.prepare();
      await lossesOf(training, 3);
      const own = engine.device.createBuffer;
      let made = 0;
      Object.assign(engine.device, {
        createBuffer: (descriptor: GPUBufferDescriptor) => {
          made += 1;
          return Reflect.apply(own, engine.device, [descriptor]);
        },
      });
      try {
        await lossesOf(training, 3);
      } finally {
        Reflect.deleteProperty(engine.device, "createBuffer");
      }
      expect(made).toBe(0);
      expect(training.plan?.submits.length).toBe(1);
      expect(training.plan?.dispatches.length).toBeLessThanOrEqual(most);
      training.dispose();
    },
  );

  test.each(LOSS_NAMES)("%s moves both networks, and stays finite", async (loss) => {
    const training = make({ loss });
    const losses = await lossesOf(training, 4);
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(new Set(losses).size).toBe(8);
    training.dispose();
  });

  test("the same seed gives the same losses and samples, and so does a run that goes on from a saved state", async () => {
    const first = make({ seed: 3 });
    const start = await lossesOf(first, 3);
    const state = await first.save();
    const rest = await lossesOf(first, 3);
    const latents = first.fixedLatents.subarray(0, 20 * 4);
    const samples = await first.sample(latents);
    expect(samples.length).toBe(20 * 28 * 28);
    first.dispose();

    const again = new GanTraining(engine, { ...DEFAULT_SETTINGS, ...small, seed: 3 }, digits, { state });
    expect(again.step).toBe(3);
    expect(await lossesOf(again, 3)).toEqual(rest);
    expect(await again.sample(latents)).toEqual(samples);
    again.dispose();
    const other = make({ seed: 4 });
    expect(await lossesOf(other, 3)).not.toEqual(start);
    other.dispose();
  });

  test("samples are drawn from a mean of the generators so far", async () => {
    const training = make({ average: 0.9 });
    await lossesOf(training, 5);
    const { generator, average } = await training.save();
    const name = "main.4.weight";
    const [last, mean] = [generator, average].map((state) => Array.from(state?.get(name)?.data ?? []));
    const start = make({ average: 0.9 });
    const first = Array.from((await start.save()).generator.get(name)?.data ?? []);
    // Between the first and the last, and nearer to the first.
    const way = (values: number[]) => values.reduce((sum, value, i) => sum + Math.abs(value - first[i]), 0);
    expect(way(mean)).toBeGreaterThan(0.05 * way(last));
    expect(way(mean)).toBeLessThan(0.5 * way(last));
    expect(average?.get("main.5.running_var")).toEqual(generator.get("main.5.running_var"));
    training.dispose();
    start.dispose();
  });

  test("a run that breaks names the step and the layer where it did, and stands where it was saved", async () => {
    const training = make({ learningRate: 1e30, finalLearningRate: 1e30 });
    const state = await training.save();
    const losses = await lossesOf(training, 4);
    const broken = losses.findIndex((loss) => !Number.isFinite(loss));
    expect(broken).toBeGreaterThanOrEqual(0);
    const { step, where } = await training.findNotFinite(state, Math.floor(broken / 2) + 1);
    expect(step).toBeLessThanOrEqual(Math.floor(broken / 2) + 1);
    expect(where).toMatch(/^(the gradient of )?(discriminator|generator)\.main\.\d/);
    expect(training.step).toBe(0);
    expect(await training.save()).toEqual(state);
    training.dispose();
  });
});
