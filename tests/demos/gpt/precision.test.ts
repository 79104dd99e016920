// Training in f16 as the page and the command line set it up: the step compiles, with a scale that is saved beside what
// the optimizer keeps. No value is computed: the null backend runs nothing.

import { expect, test } from "vitest";
import { GptTraining } from "../../../demos/gpt/gptTraining.ts";
import { DEFAULT_SETTINGS, type GptSettings } from "../../../demos/gpt/settings.ts";
import { init } from "../../../src/index.ts";
import { keepForever, openNodeGpu } from "../../setup/nodeGpu.ts";

const settings: GptSettings = {
  ...DEFAULT_SETTINGS,
  source: { kind: "task", task: "addition" },
  layers: 1,
  heads: 2,
  width: 16,
  batchSize: 4,
};

test.each([1, 2])("a step of %d batches in f16", async (accumulate) => {
  const gpu = await openNodeGpu("null");
  if (typeof gpu === "string") throw new Error(gpu);
  const engine = keepForever(await init({ gpu }));
  const shadersWith = async (precision: "f32" | "f16") => {
    const training = await GptTraining.create(engine, { ...settings, accumulate, precision });
    await training.prepare();
    const { optimizer } = await training.save();
    const half = training.plan?.shaders.filter(({ wgsl }) => wgsl.startsWith("enable f16;")).length;
    return { half, names: [...optimizer.keys()] };
  };
  const [plain, half] = [await shadersWith("f32"), await shadersWith("f16")];
  expect(plain.half).toBe(0);
  expect(half.half).toBeGreaterThan(5);
  expect(half.names).toEqual([...plain.names, "scaler.scale", "scaler.growth_tracker"]);
});
