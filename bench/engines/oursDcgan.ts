// tilegrad's half of the DCGAN case: the networks of the library and the step of the demo, loaded with the case's
// weights.

import { ganStep } from "../../demos/gan/twentyLines.ts";
import { compile, models, optim, type Tensor, tensor } from "../../src/index.ts";
import { batchSize, type DcganProblem, type DcganWeight, dcgan, training } from "../dcganProblem.ts";
import type { Workload } from "../workload.ts";
import { compiledWorkload } from "./oursWorkload.ts";

export function trainDcgan(problem: DcganProblem): Workload {
  const { learningRate: lr, betas, epsilon: eps, realLabel } = training;
  const { size, latentSize, channels } = dcgan;
  const generator = new models.DcganGenerator({ size, latentSize, channels });
  const discriminator = new models.DcganDiscriminator({ size, latentSize, channels });
  // Running statistics are as they are made.
  generator.loadStateDict(stateOf(problem.generator), { strict: false });
  discriminator.loadStateDict(stateOf(problem.discriminator), { strict: false });
  const gan = {
    generator,
    discriminator,
    generatorOptimizer: new optim.Adam(generator.parameters(), { lr, betas, eps }),
    discriminatorOptimizer: new optim.Adam(discriminator.parameters(), { lr, betas, eps }),
  };
  const step = compile((real: Tensor, latents: Tensor) =>
    ganStep(gan, { loss: "nonSaturating", realLabel }, real, latents),
  );
  const real = tensor(problem.real, [batchSize, 1, size, size]);
  return compiledWorkload(step, [real, tensor(problem.latents, [batchSize, latentSize])]);
}

function stateOf(weights: readonly DcganWeight[]) {
  return new Map(weights.map(({ name, shape, values }) => [name, { shape, data: values }]));
}
