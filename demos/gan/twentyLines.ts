// Generator, discriminator, and one step of both. The page shows this file to its visitors.

import {
  add,
  compile,
  concat,
  detach,
  type Engine,
  ganLosses,
  gradientPenalty,
  manualSeed,
  models,
  normal,
  optim,
  reshape,
  type Tensor,
} from "../../src/index.ts";
import { AveragedGenerator } from "./averagedGenerator.ts";
import { CLASSES, type DcganSettings } from "./settings.ts";

export interface BuildOptions {
  readonly engine: Engine;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Both networks, and what makes each better. */
export interface Gan {
  readonly generator: models.DcganGenerator;
  readonly discriminator: models.DcganDiscriminator;
  readonly generatorOptimizer: Pick<optim.Optimizer, "step">;
  readonly discriminatorOptimizer: Pick<optim.Optimizer, "step">;
}

/**
 * One update of the discriminator, then one of the generator. real: [batch, 1, size, size] from -1 to 1; latents: [batch,
 * latentSize]; labels: i32 [batch], for both. Gives the losses of the discriminator and of the generator: [2].
 */
export function ganStep(
  { generator, discriminator, generatorOptimizer, discriminatorOptimizer }: Gan,
  { loss, realLabel }: Pick<DcganSettings, "loss" | "realLabel">,
  real: Tensor,
  latents: Tensor,
  labels?: Tensor,
): Tensor {
  const { discriminator: blame, generator: praise } = ganLosses[loss];
  const judge = (pictures: Tensor) => discriminator.forward(pictures, labels); // [batch]
  const fake = generator.train().forward(latents, labels);
  const shown = detach(fake); // the discriminator's step says nothing to the generator
  discriminator.train();

  const errors = blame(judge(real), judge(shown), realLabel);
  const penalty = loss === "wasserstein" ? gradientPenalty(judge, real, shown) : undefined;
  discriminatorOptimizer.step(penalty === undefined ? errors : add(errors, penalty));

  const failure = praise(judge(fake)); // by what the discriminator has become
  generatorOptimizer.step(failure);
  return concat([reshape(errors, [1]), reshape(failure, [1])]);
}

/** Both networks and their step, a single plan on the GPU. */
export function buildGan(settings: DcganSettings, { engine, onProgress }: BuildOptions) {
  const { size, latentSize, channels, conditional, learningRate: lr, betas } = settings;
  manualSeed(settings.seed, engine);
  const sizes = { size, latentSize, channels, classes: conditional ? CLASSES : undefined };
  const generator = new models.DcganGenerator(sizes);
  const norm = settings.loss === "wasserstein" ? "none" : "batch";
  const discriminator = new models.DcganDiscriminator({ ...sizes, norm });
  const generatorOptimizer = new optim.Adam(generator.parameters(), { lr, betas });
  const discriminatorOptimizer = new optim.Adam(discriminator.parameters(), { lr, betas });
  const average =
    settings.average > 0 ? new AveragedGenerator(generator, sizes, settings.average) : undefined;
  const gan = { generator, discriminator, generatorOptimizer, discriminatorOptimizer };

  const step = compile<[real: Tensor, labels: Tensor | undefined], Tensor>(
    (real, labels) => {
      const latents = normal([real.shape[0], latentSize], { engine }); // new ones at each call
      const losses = ganStep(gan, settings, real, latents, labels);
      average?.update();
      return losses;
    },
    { engine, onProgress },
  );
  return { ...gan, average, step };
}
