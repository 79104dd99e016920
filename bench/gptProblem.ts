// The transformer's training case: a tiny GPT-2, its first weights, one batch of tokens, and how it is trained.
//
// Everything is laid out as GPT-2's own files lay it out: weights [in, out], tokens [batch, position].

import { models } from "../src/index.ts";
import { noise } from "./noise.ts";

/** Feed-forward layers are 4 times as wide; the head is the token table; a norm stands before each part and at the end. */
export const gpt = { vocabularySize: 65, context: 64, layers: 2, heads: 4, width: 64, eps: 1e-5 } as const;
export const batchSize = 8;
export const tokensPerStep = batchSize * gpt.context;
/** AdamW, which decays matrices and tables alone, behind gradients clipped by their norm over all parameters. */
export const training = {
  learningRate: 3e-3,
  betas: [0.9, 0.95],
  epsilon: 1e-8,
  weightDecay: 0.1,
  maxGradNorm: 1,
  /** Added to the norm, as torch.nn.utils.clip_grad_norm_ does. */
  normOffset: 1e-6,
} as const;

export interface GptWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface GptProblem {
  /** By GPT-2's names, in the order of models.gptShapes. */
  readonly weights: readonly GptWeight[];
  /** Both [batchSize, gpt.context]; a target is the token that comes next. */
  readonly tokens: Int32Array;
  readonly targets: Int32Array;
}

const initialStd = 0.02;
/** Of every so many tokens one is drawn, not computed from the one before. */
const surpriseEvery = 8;

export function gptProblem(): GptProblem {
  const text = patternedTokens();
  const stride = gpt.context + 1;
  return {
    weights: [...models.gptShapes(gpt)].map(([name, shape], index) => {
      return { name, shape, values: firstValues(name, size(shape), index + 1) };
    }),
    tokens: text.filter((_, index) => index % stride < gpt.context),
    targets: text.filter((_, index) => index % stride > 0),
  };
}

/** GPT-2's beginning: gains 1, biases 0, weights normal, smaller where they add to the residual stream. */
function firstValues(name: string, count: number, seed: number): Float32Array {
  if (name.endsWith(".bias")) return new Float32Array(count);
  if (/\.ln_\w+\.weight$/.test(name)) return new Float32Array(count).fill(1);
  const isResidual = name.endsWith(".c_proj.weight");
  return normalNoise(count, isResidual ? initialStd / Math.sqrt(2 * gpt.layers) : initialStd, seed);
}

/** Source: Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958. */
function normalNoise(count: number, std: number, seed: number): Float32Array {
  const draws = noise(2 * count, 0, 1, seed);
  return Float32Array.from({ length: count }, (_, i) => {
    return std * Math.sqrt(-2 * Math.log(1 - draws[2 * i])) * Math.cos(2 * Math.PI * draws[2 * i + 1]);
  });
}

/** [batchSize, gpt.context + 1]: mostly, the next token is three times the last and one, modulo their number. */
function patternedTokens(): Int32Array {
  const { vocabularySize, context } = gpt;
  const draws = noise(2 * batchSize * (context + 1), 0, 1, 99);
  let token = 0;
  return Int32Array.from({ length: batchSize * (context + 1) }, (_, index) => {
    const isDrawn = index % (context + 1) === 0 || draws[2 * index] < 1 / surpriseEvery;
    token = isDrawn ? Math.floor(draws[2 * index + 1] * vocabularySize) : (3 * token + 1) % vocabularySize;
    return token;
  });
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
