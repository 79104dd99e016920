// The training case: LeNet-5's first weights and one batch of digits.
//
// Everything is laid out as PyTorch lays it out: weights [out, in, ...], pictures [batch, channels, height, width].

import { generateDigits } from "../src/index.ts";
import { lenetWeights, type Weight } from "./lenetWeights.ts";

export const batchSize = 64;
export const classes = 10;
export const learningRate = 1e-3;
export const betas = [0.9, 0.999] as const;
export const epsilon = 1e-8;

export interface LenetProblem {
  /** In the order of lenet5().parameters(): weight and bias of two convolutions and three linear layers. */
  readonly weights: readonly Weight[];
  readonly images: Float32Array; // [batchSize, 1, 28, 28]
  readonly labels: Int32Array; // [batchSize]
}

/** MNIST's own mean and deviation. */
const normalize = { mean: 0.1307, std: 0.3081 };

export function lenetProblem(): LenetProblem {
  return { weights: lenetWeights(), ...digitBatch(batchSize) };
}

/** The first `count` digits, normalised. */
export function digitBatch(count: number): { images: Float32Array; labels: Int32Array } {
  const { images, labels } = generateDigits({ count, seed: 1 });
  return {
    images: Float32Array.from(images, (gray) => (gray / 255 - normalize.mean) / normalize.std),
    labels: Int32Array.from(labels),
  };
}
