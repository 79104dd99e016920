// The adversarial training case: the first weights of a DCGAN's two networks, one batch of digits and of latents, how
// both are trained, and their losses in float64.
//
// Everything is laid out as PyTorch lays it out: weights [out, in, ...], those of transposed convolutions [in, out, ...],
// pictures [batch, channels, height, width].

import { generateDigits } from "../src/index.ts";
import { normalNoise } from "./noise.ts";

/** Batch norm in both networks, where running statistics take up `momentum` of each batch's. */
export const dcgan = {
  size: 28,
  latentSize: 64,
  channels: [32, 16],
  /** Pixels a side of the smallest hidden picture. */
  smallest: 7,
  negativeSlope: 0.2,
  eps: 1e-5,
  momentum: 0.1,
} as const;
export const batchSize = 16;
/** Adam for both networks, on the non-saturating loss. */
export const training = { realLabel: 0.9, learningRate: 1e-3, betas: [0.5, 0.999], epsilon: 1e-8 } as const;

/**
 * Of the discriminator and of the generator in each of the first steps, in float64. The first two are near ln 4 and ln 2:
 * neither network knows anything.
 */
export const exactLosses: readonly number[] = [
  1.41219609, 0.74441698, 1.56404546, 0.52111253, 1.72794762, 0.45615974, 1.74473667, 0.45986835, 1.68728449,
  0.4963085,
];

export interface DcganWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface DcganProblem {
  /** By the names of models.DcganGenerator and models.DcganDiscriminator, in their order. */
  readonly generator: readonly DcganWeight[];
  readonly discriminator: readonly DcganWeight[];
  readonly real: Float32Array; // [batchSize, 1, size, size], from -1 to 1
  readonly latents: Float32Array; // [batchSize, latentSize]
}

const [deep, shallow] = dcgan.channels;
const features = deep * dcgan.smallest ** 2;
const taps = 4;

const generatorShapes: Readonly<Record<string, readonly number[]>> = {
  "main.0.weight": [features, dcgan.latentSize],
  "main.2.weight": [deep],
  "main.2.bias": [deep],
  "main.4.weight": [deep, shallow, taps, taps],
  "main.5.weight": [shallow],
  "main.5.bias": [shallow],
  "main.7.weight": [shallow, 1, taps, taps],
  "main.7.bias": [1],
};
const discriminatorShapes: Readonly<Record<string, readonly number[]>> = {
  "main.0.weight": [shallow, 1, taps, taps],
  "main.0.bias": [shallow],
  "main.2.weight": [deep, shallow, taps, taps],
  "main.3.weight": [deep],
  "main.3.bias": [deep],
  "main.6.weight": [1, features],
  "main.6.bias": [1],
};

const initialStd = 0.02;
const seeds = { generator: 1, discriminator: 101, real: 1, latents: 201 };

export function dcganProblem(): DcganProblem {
  const { images } = generateDigits({ count: batchSize, seed: seeds.real });
  return {
    generator: firstWeights(generatorShapes, seeds.generator),
    discriminator: firstWeights(discriminatorShapes, seeds.discriminator),
    real: Float32Array.from(images, (gray) => gray / 127.5 - 1),
    latents: normalNoise(batchSize * dcgan.latentSize, 1, seeds.latents),
  };
}

function firstWeights(shapes: Readonly<Record<string, readonly number[]>>, seed: number): DcganWeight[] {
  return Object.entries(shapes).map(([name, shape], index) => {
    return { name, shape, values: firstValues(name, shape, seed + index) };
  });
}

/** The paper's beginning: weights normal, gains of batch norms around 1, biases 0. */
function firstValues(name: string, shape: readonly number[], seed: number): Float32Array {
  const count = shape.reduce((product, length) => product * length, 1);
  if (name.endsWith(".bias")) return new Float32Array(count);
  const middle = shape.length === 1 ? 1 : 0;
  return normalNoise(count, initialStd, seed).map((value) => middle + value);
}
