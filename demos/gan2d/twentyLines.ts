// Generator, discriminator, and how they take turns. The page shows this file to its visitors.

import {
  add,
  cast,
  compile,
  detach,
  type Engine,
  embedding,
  ganLosses,
  manualSeed,
  models,
  mul,
  type Tensor,
  uniform,
} from "../../src/index.ts";
import { latentsOf, networkOptions, optimizerFor, pairOf, penaltyOf } from "./ganParts.ts";
import type { GanSettings } from "./ganSettings.ts";

export interface BuildOptions {
  readonly engine: Engine;
  /** The real points: [count, 2]. */
  readonly table: Tensor;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Both networks and their turns: each turn is a single plan on the GPU. */
export function buildGan(settings: GanSettings, { engine, table, onProgress }: BuildOptions) {
  const { latentSize, generatorSteps, discriminatorSteps, batchSize } = settings;
  manualSeed(settings.seed, engine);
  const generator = new models.GanMlp(networkOptions(latentSize, settings.generator, 2));
  const discriminator = new models.GanMlp(networkOptions(2, settings.discriminator, 1));
  const generatorOptimizer = optimizerFor(generator, settings.generatorRate, settings);
  const discriminatorOptimizer = optimizerFor(discriminator, settings.discriminatorRate, settings);
  const losses = ganLosses[settings.loss];

  const judge = (points: Tensor) => discriminator.forward(points); // [batch, 1]
  const generate = () => generator.forward(latentsOf(settings, batchSize, engine)); // [batch, 2]
  const pick = () => embedding(cast(mul(uniform([batchSize], { engine }), table.shape[0]), "i32"), table);

  const learnToJudge = () => {
    const [real, fake] = [pick(), detach(generate())]; // the generator stays as it is
    const loss = losses.discriminator(judge(real), judge(fake));
    const penalty = penaltyOf(settings, judge, real, fake);
    discriminatorOptimizer.step(penalty === undefined ? loss : add(loss, penalty));
    return loss;
  };
  const learnToGenerate = () => {
    const loss = losses.generator(judge(generate()));
    generatorOptimizer.step(loss);
    return loss;
  };
  const times = (count: number, learn: () => Tensor) => Array.from({ length: count }, learn)[count - 1];

  const turns = {
    discriminator: compile(() => times(discriminatorSteps, learnToJudge), { engine, onProgress }),
    generator: compile(() => times(generatorSteps, learnToGenerate), { engine, onProgress }),
    both: compile(
      () => pairOf(times(discriminatorSteps, learnToJudge), times(generatorSteps, learnToGenerate)),
      { engine, onProgress },
    ),
  };
  return { generator, discriminator, generatorOptimizer, discriminatorOptimizer, turns };
}
