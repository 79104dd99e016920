// The losses of adversarial training, and the penalties on the discriminator's slope.
//
// Decides: the formula of each. Leaves to others: what is scored, and which network learns when. A score is higher the
// more the discriminator takes something for real; for the first two losses it is a logit.

import { gradients } from "../api/grad.ts";
import { uniform } from "../api/random.ts";
import type { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { add, mean, mul, neg, softplus, sqrt, square, sub, sum } from "../ops/index.ts";

/** What each network makes small: one number. Scores are of any shape. */
export interface GanLoss {
  /** `realLabel` is what real things are to be called: 1, the default, is certainly real, 0 certainly not. */
  discriminator(onReal: Tensor, onFake: Tensor, realLabel?: number): Tensor;
  generator(onFake: Tensor): Tensor;
}

export type GanLossName = "minimax" | "nonSaturating" | "leastSquares" | "wasserstein";

/** Mean cross-entropy of sigmoid(logits) against one label for all. Neither term is ever below 0, so none cancels. */
function crossEntropyOf(logits: Tensor, label: number): Tensor {
  const doubt = softplus(neg(logits)); // -log sigmoid(logits)
  const belief = softplus(logits); // -log (1 - sigmoid(logits))
  if (label === 1) return mean(doubt);
  return mean(label === 0 ? belief : add(mul(doubt, label), mul(belief, 1 - label)));
}

const distance = (scores: Tensor, label: number) => mean(square(sub(scores, label)));

const minimax: GanLoss = {
  discriminator: (onReal, onFake, realLabel = 1) =>
    add(crossEntropyOf(onReal, realLabel), crossEntropyOf(onFake, 0)),
  generator: (onFake) => neg(crossEntropyOf(onFake, 0)),
};

/**
 * By name: "minimax" and "nonSaturating", whose generator's loss does not flatten out where the generator is bad
 * (Goodfellow et al., "Generative adversarial nets", 2014, sections 3 and 4); "leastSquares" (Mao et al., "Least squares
 * generative adversarial networks", 2017); "wasserstein" (Arjovsky, Chintala and Bottou, "Wasserstein generative
 * adversarial networks", 2017), which needs a penalty.
 */
export const ganLosses: Readonly<Record<GanLossName, GanLoss>> = {
  minimax,
  nonSaturating: { ...minimax, generator: (onFake) => crossEntropyOf(onFake, 1) },
  leastSquares: {
    discriminator: (onReal, onFake, realLabel = 1) =>
      mul(add(distance(onReal, realLabel), distance(onFake, 0)), 0.5),
    generator: (onFake) => mul(distance(onFake, 1), 0.5),
  },
  wasserstein: {
    discriminator: (onReal, onFake) => sub(mean(onFake), mean(onReal)),
    generator: (onFake) => neg(mean(onFake)),
  },
};

/** Keeps the slope of a norm finite at 0. */
const SMALL = 1e-12;

/**
 * What keeps the slopes of `score` near 1 on lines between real and generated things, both f32 [batch, ...]: `weight`
 * times the mean of (|slope| - 1)^2 at places drawn anew. `score` gives a score for each thing and may not mix them, as
 * batch norm does. Its own gradient is a second one. Source: Gulrajani et al., "Improved training of Wasserstein GANs"
 * (2017). Throws UsageError for a weight below 0.
 */
export function gradientPenalty(
  score: (x: Tensor) => Tensor,
  real: Tensor,
  fake: Tensor,
  { weight = 10 }: { readonly weight?: number } = {},
): Tensor {
  requireWeight("gradientPenalty", weight);
  const [batch] = real.shape;
  const share = uniform([batch, ...real.shape.slice(1).map(() => 1)], { engine: real.engine });
  const between = add(real, mul(sub(fake, real), share));
  const steepness = sqrt(add(squaredSlopes(score, between), SMALL)); // [batch]
  return mul(mean(square(sub(steepness, 1))), weight);
}

/**
 * What keeps the slopes of `score` small at real things, f32 [batch, ...]: half of `weight` times the mean of |slope|^2.
 * `score` is as for `gradientPenalty`. Source: Mescheder, Geiger and Nowozin, "Which training methods for GANs do actually
 * converge?" (2018). Throws UsageError for a weight below 0.
 */
export function r1Penalty(
  score: (x: Tensor) => Tensor,
  real: Tensor,
  { weight = 10 }: { readonly weight?: number } = {},
): Tensor {
  requireWeight("r1Penalty", weight);
  return mul(mean(squaredSlopes(score, real)), weight / 2);
}

/** |slope of the score|^2 of each thing: [batch]. It can be differentiated again. */
function squaredSlopes(score: (x: Tensor) => Tensor, x: Tensor): Tensor {
  // No score depends on another's thing, so the gradient of the sum has the slope of each.
  const [slopes] = gradients(sum(score(x)), [x]);
  const axes = x.shape.map((_, axis) => axis).slice(1);
  return sum(square(slopes), { axis: axes });
}

function requireWeight(owner: string, weight: number): void {
  if (weight >= 0 && Number.isFinite(weight)) return;
  throw new UsageError(`${owner}: weight is ${weight}; it must be a number from 0.`);
}
