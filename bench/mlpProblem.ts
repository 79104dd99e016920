// A plain network's training case: 784-256-128-10 with ReLU between, its first weights and one batch of digits, and Adam.
//
// Weights are laid out as PyTorch lays them out: [out, in].

import { classes, digitBatch } from "./lenetProblem.ts";
import type { Weight } from "./lenetWeights.ts";
import { noise } from "./noise.ts";

export { betas, classes, epsilon, learningRate } from "./lenetProblem.ts";

export const batchSize = 64;
export const widths = [28 * 28, 256, 128, classes] as const;

export interface MlpProblem {
  /** Weight and bias of each layer in turn. */
  readonly weights: readonly Weight[];
  readonly images: Float32Array; // [batchSize, 784]
  readonly labels: Int32Array; // [batchSize]
}

export function mlpProblem(): MlpProblem {
  const weights = widths.slice(1).flatMap((to, layer) => {
    const from = widths[layer];
    const reach = 1 / Math.sqrt(from);
    return [
      { shape: [to, from], values: noise(to * from, -reach, reach, 2 * layer + 1) },
      { shape: [to], values: noise(to, -reach, reach, 2 * layer + 2) },
    ];
  });
  return { weights, ...digitBatch(batchSize) };
}
