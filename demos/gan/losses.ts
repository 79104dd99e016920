// The losses of adversarial training, from the discriminator's logits [batch], higher for what it takes for real.
//
// Decides: the formula of each. Leaves to twentyLines.ts what is scored, and which network learns.

import {
  add,
  gradients,
  mean,
  mul,
  neg,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  uniform,
} from "../../src/index.ts";
import { type LossName, PENALTY_WEIGHT } from "./settings.ts";

/** What each network makes small: one number. */
export interface GanLoss {
  /** `realLabel` is what real pictures are to be called: 1 is certainly real, 0 certainly not. */
  discriminator(onReal: Tensor, onFake: Tensor, realLabel: number): Tensor;
  generator(onFake: Tensor): Tensor;
}

/** Mean cross-entropy of sigmoid(logits) against one label for all. Neither term is ever below 0, so none cancels. */
function crossEntropyOf(logits: Tensor, label: number): Tensor {
  const doubt = softplus(neg(logits)); // -log sigmoid(logits)
  const belief = softplus(logits); // -log (1 - sigmoid(logits))
  if (label === 1) return mean(doubt);
  return mean(label === 0 ? belief : add(mul(doubt, label), mul(belief, 1 - label)));
}

const distance = (scores: Tensor, label: number) => mean(square(sub(scores, label)));

/** Goodfellow et al., "Generative adversarial nets" (2014), section 3. */
const minimax: GanLoss = {
  discriminator: (onReal, onFake, realLabel) =>
    add(crossEntropyOf(onReal, realLabel), crossEntropyOf(onFake, 0)),
  generator: (onFake) => neg(crossEntropyOf(onFake, 0)),
};

/** The same game with a generator's loss that does not flatten out where the generator is bad. */
const nonSaturating: GanLoss = { ...minimax, generator: (onFake) => crossEntropyOf(onFake, 1) };

/** Mao et al., "Least squares generative adversarial networks" (2017). */
const leastSquares: GanLoss = {
  discriminator: (onReal, onFake, realLabel) =>
    mul(add(distance(onReal, realLabel), distance(onFake, 0)), 0.5),
  generator: (onFake) => mul(distance(onFake, 1), 0.5),
};

/** Arjovsky, Chintala and Bottou, "Wasserstein generative adversarial networks" (2017); goes with a gradient penalty. */
const wasserstein: GanLoss = {
  discriminator: (onReal, onFake) => sub(mean(onFake), mean(onReal)),
  generator: (onFake) => neg(mean(onFake)),
};

export const ganLosses: Readonly<Record<LossName, GanLoss>> = {
  nonSaturating,
  minimax,
  leastSquares,
  wasserstein,
};

/** Keeps the slope of a norm finite at 0. */
const SMALL = 1e-12;

/**
 * What keeps a Wasserstein discriminator's slopes near 1, on lines between real and generated pictures [batch, ...].
 * Its gradient is a second one. Source: Gulrajani et al., "Improved training of Wasserstein GANs" (2017).
 */
export function gradientPenalty(score: (x: Tensor) => Tensor, real: Tensor, fake: Tensor): Tensor {
  const [batch] = real.shape;
  const share = uniform([batch, ...real.shape.slice(1).map(() => 1)], { engine: real.engine });
  const between = add(real, mul(sub(fake, real), share));
  // No score depends on another's picture, so the gradient of the sum has the slope of each.
  const [slopes] = gradients(sum(score(between)), [between]);
  const axes = real.shape.map((_, axis) => axis).slice(1);
  const steepness = sqrt(add(sum(square(slopes), { axis: axes }), SMALL)); // [batch]
  return mul(mean(square(sub(steepness, 1))), PENALTY_WEIGHT);
}
