// The training case: LeNet-5's first weights, one batch of digits, and when two courses of losses agree.
//
// Everything is laid out as PyTorch lays it out: weights [out, in, ...], pictures [batch, channels, height, width].

import { generateDigits } from "../src/index.ts";
import { noise } from "./noise.ts";

export const batchSize = 64;
export const classes = 10;
export const learningRate = 1e-3;
export const betas = [0.9, 0.999] as const;
export const epsilon = 1e-8;

/** Steps whose losses are compared. */
export const checkedSteps = 5;
/** How far an engine's losses may be off, relatively. */
const lossTolerance = 1e-3;

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

/** Throws unless the losses fall from about ln 10 and, where there are expected ones, agree with them. */
export function requireLosses(losses: readonly number[], expected: readonly number[] | undefined): void {
  const text = losses.map((loss) => loss.toFixed(5)).join(", ");
  const first = losses[0];
  const last = losses[losses.length - 1];
  if (!(Math.abs(first - Math.log(classes)) < 0.5 && last < first)) {
    throw new Error(`wrong losses ${text}; they start near ln 10 and fall.`);
  }
  const isOff = expected?.some((loss, step) => !(Math.abs(losses[step] - loss) <= lossTolerance * loss));
  if (isOff) {
    const wanted = expected?.map((loss) => loss.toFixed(5)).join(", ");
    throw new Error(`wrong losses ${text}; they are ${wanted} within ${lossTolerance}.`);
  }
}
