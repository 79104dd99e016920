// What a 2-D GAN is built from, as its settings name it: networks, optimizers, latents.

import {
  concat,
  type Engine,
  gradientPenalty,
  type models,
  normal,
  optim,
  r1Penalty,
  reshape,
  type Tensor,
  uniform,
} from "../../src/index.ts";
import type { GanSettings, NetworkSizes } from "./ganSettings.ts";

/** Less memory of past gradients than usual: what they were taken for is gone as soon as the other network has moved. */
const BETAS = [0.5, 0.99] as const;

export function networkOptions(
  inputs: number,
  { layers, width, activation }: NetworkSizes,
  outputs: number,
): models.GanMlpOptions {
  return { inputs, outputs, hidden: Array<number>(layers).fill(width), activation };
}

export function optimizerFor(
  model: models.GanMlp,
  lr: number,
  { optimizer }: Pick<GanSettings, "optimizer">,
): optim.Optimizer {
  return optimizer === "adam"
    ? new optim.Adam(model.parameters(), { lr, betas: BETAS })
    : new optim.SGD(model.parameters(), { lr });
}

/** What the generator starts from, drawn on the GPU: [count, latentSize], in [-1, 1) or normal. */
export function latentsOf(
  { latent, latentSize }: Pick<GanSettings, "latent" | "latentSize">,
  count: number,
  engine: Engine,
): Tensor {
  const shape = [count, latentSize];
  return latent === "normal" ? normal(shape, { engine }) : uniform(shape, { low: -1, high: 1, engine });
}

/** Two numbers as one tensor [2], so that one read brings both. */
export function pairOf(a: Tensor, b: Tensor): Tensor {
  return concat([reshape(a, [1]), reshape(b, [1])]);
}

/** What is added to the discriminator's loss so that it stays smooth; undefined where that is nothing. */
export function penaltyOf(
  { penalty, penaltyWeight: weight }: Pick<GanSettings, "penalty" | "penaltyWeight">,
  judge: (points: Tensor) => Tensor,
  real: Tensor,
  fake: Tensor,
): Tensor | undefined {
  if (penalty === "none" || weight === 0) return undefined;
  return penalty === "r1"
    ? r1Penalty(judge, real, { weight })
    : gradientPenalty(judge, real, fake, { weight });
}
