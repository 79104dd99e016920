// Training of the 2-D GAN: the default recipe covers a ring of eight; a turn is one submit that makes nothing; one
// network's turn leaves the other alone; the same seed gives the same losses; a saved state goes on as if nothing had been.

import { afterAll, beforeAll, expect, test } from "vitest";
import { Gan2dTraining, type Turn } from "../../../demos/gan2d/gan2dTraining.ts";
import { DEFAULT_SETTINGS, type GanSettings } from "../../../demos/gan2d/ganSettings.ts";
import type { Engine } from "../../../src/api/engine.ts";
import { initShared } from "../../setup/sharedDevice.ts";

let engine: Engine;

beforeAll(async () => {
  engine = await initShared();
});

afterAll(() => engine.destroy());

const look = { field: 6, points: 16, grid: 4 };
const small: GanSettings = {
  ...DEFAULT_SETTINGS,
  batchSize: 32,
  generator: { layers: 1, width: 8, activation: "relu" },
  discriminator: { layers: 1, width: 8, activation: "leakyRelu" },
};

function make(change: Partial<GanSettings> = {}): Gan2dTraining {
  return new Gan2dTraining(engine, { ...small, ...change }, { look });
}

async function take(training: Gan2dTraining, turn: Turn = "both"): Promise<number[]> {
  const losses = training.advance(turn);
  const values = [...(await losses.data())];
  losses.dispose();
  return values;
}

async function valuesOf(
  training: Gan2dTraining,
  network: "generator" | "discriminator",
): Promise<number[][]> {
  const state = (await training.save())[network];
  return [...state.values()].map(({ data }) => [...data]);
}

test("the default recipe covers a ring of eight in 1,600 steps", { timeout: 240_000 }, async () => {
  const training = new Gan2dTraining(engine, DEFAULT_SETTINGS, { look });
  while (training.step < 1600) {
    training.advance().dispose();
    if (training.step % 20 === 0) await engine.hasRoom();
  }
  const { measures } = await training.measure();
  expect(measures.coverage?.covered).toBe(8);
  expect(measures.coverage?.within).toBeGreaterThanOrEqual(0.8);
  expect(measures.js).toBeLessThan(0.25);
  training.dispose();
});

test("a steady turn makes one submit and no buffer, bind group or pipeline", async () => {
  const training = make({ penalty: "gradientPenalty", discriminatorSteps: 2 });
  for (const turn of ["both", "discriminator", "generator"] as const) {
    for (let i = 0; i < 3; i++) await take(training, turn);
    const counts = new Map<string, number>();
    const restores: (() => void)[] = [];
    const watch = (target: object, name: string) => {
      const original = Reflect.get(target, name) as (...args: unknown[]) => unknown;
      counts.set(name, 0);
      Object.assign(target, {
        [name]: (...args: unknown[]) => {
          counts.set(name, (counts.get(name) ?? 0) + 1);
          return Reflect.apply(original, target, args);
        },
      });
      restores.push(() => Reflect.deleteProperty(target, name));
    };
    for (const name of ["createBuffer", "createBindGroup", "createComputePipelineAsync"])
      watch(engine.device, name);
    watch(engine.device.queue, "submit");
    training.advance(turn).dispose();
    for (const restore of restores) restore();
    expect(Object.fromEntries(counts), turn).toEqual({
      createBuffer: 0,
      createBindGroup: 0,
      createComputePipelineAsync: 0,
      submit: 1,
    });
  }
  training.dispose();
});

test("each network learns in its own turn alone", async () => {
  const training = make();
  const before = { g: await valuesOf(training, "generator"), d: await valuesOf(training, "discriminator") };
  await take(training, "discriminator");
  expect(await valuesOf(training, "generator")).toEqual(before.g);
  const learned = await valuesOf(training, "discriminator");
  expect(learned).not.toEqual(before.d);
  await take(training, "generator");
  expect(await valuesOf(training, "discriminator")).toEqual(learned);
  expect(await valuesOf(training, "generator")).not.toEqual(before.g);
  training.dispose();
});

test("every loss with every penalty gives numbers, and the same seed the same ones", async () => {
  for (const loss of ["minimax", "nonSaturating", "leastSquares", "wasserstein"] as const) {
    const runs: number[][][] = [];
    for (let i = 0; i < 2; i++) {
      const training = make({ loss, penalty: "r1", optimizer: i === 0 ? "adam" : "adam", seed: 5 });
      runs.push([await take(training), await take(training), await take(training)]);
      training.dispose();
    }
    expect(runs[0].flat().every(Number.isFinite), loss).toBe(true);
    expect(runs[0], loss).toEqual(runs[1]);
    expect(runs[0][0], loss).not.toEqual(runs[0][2]);
  }
  const [first, second] = [make({ seed: 5 }), make({ seed: 6 })];
  expect(await take(first)).not.toEqual(await take(second));
  first.dispose();
  second.dispose();
});

test("a saved state goes on as if nothing had been", async () => {
  const training = make({ latent: "uniform", latentSize: 1 });
  for (let i = 0; i < 3; i++) await take(training);
  const state = await training.save();
  const expected = [await take(training), await take(training)];
  const other = new Gan2dTraining(engine, training.settings, { look, state });
  expect(other.step).toBe(3);
  expect([await take(other), await take(other)]).toEqual(expected);
  for (const one of [training, other]) one.dispose();
});

test("looks have the sizes that they say, and a drawing is learned from the next turn on", async () => {
  const training = make({ distribution: "drawn", drawing: "AA" });
  const seen = await training.look();
  expect(Object.values(seen).map(({ length }) => length)).toEqual([36, 32, 16, 32, 16, 32]);
  expect(Object.values(seen).every((values) => Array.from(values).every(Number.isFinite))).toBe(true);
  const before = (await training.look()).realScores;
  training.setDrawing("__");
  expect((await training.look()).realScores).not.toEqual(before);
  expect(training.distribution.points[0]).toBeGreaterThan(0.8);
  training.dispose();
});

test("settings out of range are refused by name", () => {
  expect(() => make({ batchSize: 1 })).toThrow(
    "settings: batchSize is 1; it must be a whole number from 2 to 4096.",
  );
  expect(() => make({ generatorRate: -1 })).toThrow(
    "settings: generatorRate is -1; it must be a number from 1e-7 to 10.",
  );
});
