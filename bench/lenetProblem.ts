// The training case: LeNet-5's first weights and one batch of digits.
//
// Everything is laid out as PyTorch lays it out: weights [out, in, ...], pictures [batch, channels, height, width].

import { generateDigits } from "../src/index.ts";
import { noise } from "./noise.ts";

export const batchSize = 64;
export const classes = 10;
export const learningRate = 1e-3;
export const betas = [0.9, 0.999] as const;
export const epsilon = 1e-8;

export interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface LenetProblem {
  /** In the order of lenet5().parameters(): weight and bias of two convolutions and three linear layers. */
  readonly weights: readonly Weight[];
  readonly images: Float32Array; // [batchSize, 1, 28, 28]
  readonly labels: Int32Array; // [batchSize]
}

const shapes = [[6, 1, 5, 5], [6], [16, 6, 5, 5], [16], [120, 400], [120], [84, 120], [84], [10, 84], [10]];
/** MNIST's own mean and deviation. */
const normalize = { mean: 0.1307, std: 0.3081 };

export function lenetProblem(): LenetProblem {
  const { images, labels } = generateDigits({ count: batchSize, seed: 1 });
  return {
    weights: shapes.map((shape, index) => {
      // A bias is drawn like the weight before it.
      const reach = 1 / Math.sqrt(size(shapes[index - (index % 2)].slice(1)));
      return { shape, values: noise(size(shape), -reach, reach, index + 1) };
    }),
    images: Float32Array.from(images, (gray) => (gray / 255 - normalize.mean) / normalize.std),
    labels: Int32Array.from(labels),
  };
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
