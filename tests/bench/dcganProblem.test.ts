// The benchmark's DCGAN: the losses that engines are held against, its first weights, and that it is the demo's.

import { expect, test } from "vitest";
import { batchSize, dcgan, dcganProblem, exactLosses, training } from "../../bench/dcganProblem.ts";
import { checkedSteps } from "../../bench/requireLosses.ts";
import { PLAIN_SETTINGS } from "../../demos/gan/settings.ts";
import { lossesInFloat64 } from "./dcganInFloat64.ts";

const runMs = 120_000;
const problem = dcganProblem();

test(
  "engines are held against float64, in which both networks learn",
  () => {
    const losses = lossesInFloat64(problem, checkedSteps);
    expect(exactLosses).toEqual(losses.map((loss) => Number(loss.toFixed(8))));
    expect(Math.abs(losses[0] - Math.log(4))).toBeLessThan(0.1);
    for (const network of [0, 1]) {
      const course = losses.filter((_, index) => index % 2 === network);
      expect(Math.max(...course) - Math.min(...course)).toBeGreaterThan(0.2);
    }
  },
  runMs,
);

test("networks and training are those of the demo's plain settings", () => {
  const { size, latentSize, channels, loss, realLabel, average, conditional, betas } = PLAIN_SETTINGS;
  expect(dcgan).toMatchObject({ size, latentSize, channels, smallest: size / 4 });
  expect(training).toMatchObject({ realLabel, betas, learningRate: PLAIN_SETTINGS.learningRate });
  expect({ loss, average, conditional }).toEqual({ loss: "nonSaturating", average: 0, conditional: false });
});

test("weights begin as the paper's do, pictures and latents as a generator makes and takes them", () => {
  const { generator, discriminator, real, latents } = problem;
  const std = (values: Float32Array) => Math.hypot(...values) / Math.sqrt(values.length);
  for (const { name, shape, values } of [...generator, ...discriminator]) {
    expect(values, name).toHaveLength(shape.reduce((product, length) => product * length, 1));
    if (name.endsWith(".bias")) expect(new Set(values)).toEqual(new Set([0]));
    else if (shape.length === 1) expect(std(values.map((gain) => gain - 1)), name).toBeLessThan(0.03);
    else expect(Math.abs(std(values) - 0.02), name).toBeLessThan(0.005);
  }
  expect([generator.length, discriminator.length]).toEqual([8, 7]);
  expect(real).toHaveLength(batchSize * dcgan.size ** 2);
  expect(Math.min(...real)).toBe(-1);
  expect(Math.max(...real)).toBeGreaterThan(0.8);
  expect(Math.max(...real)).toBeLessThanOrEqual(1);
  expect(latents).toHaveLength(batchSize * dcgan.latentSize);
  expect(std(latents)).toBeCloseTo(1, 1);
  expect(dcganProblem()).toEqual(problem);
});
