// The transformer's training cases: GPT-2 in small sizes, its first weights, one batch of tokens, and how it is trained.
//
// Everything is laid out as GPT-2's own files lay it out: weights [in, out], tokens [batch, position].

import { noise, normalNoise } from "./noise.ts";

/** Feed-forward layers are 4 times as wide; the head is the token table; a norm stands before each part and at the end. */
export const gpt = { vocabularySize: 65, context: 64, layers: 2, heads: 4, width: 64, eps: 1e-5 } as const;

export interface GptSizes {
  readonly vocabularySize: number;
  readonly context: number;
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  readonly eps: number;
}

/** By layers and width. */
export const gptSizes = {
  "2x64": gpt,
  "2x96": { ...gpt, context: 96, width: 96 },
  "4x192": { ...gpt, context: 128, layers: 4, heads: 6, width: 192 },
  "6x256": { ...gpt, context: 256, layers: 6, heads: 8, width: 256 },
} as const satisfies Record<string, GptSizes>;

export const batchSize = 8;
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

export interface NamedWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface GptProblem {
  readonly sizes: GptSizes;
  /** By GPT-2's names, in the order of gptShapes. */
  readonly weights: readonly NamedWeight[];
  /** Both [batchSize, context]; a target is the token that comes next. */
  readonly tokens: Int32Array;
  readonly targets: Int32Array;
}

const initialStd = 0.02;
/** Of every so many tokens one is drawn, not computed from the one before. */
const surpriseEvery = 8;

export function gptProblem(sizes: GptSizes = gpt): GptProblem {
  const text = patternedTokens(sizes);
  const stride = sizes.context + 1;
  return {
    sizes,
    weights: gptWeights(sizes),
    tokens: text.filter((_, index) => index % stride < sizes.context),
    targets: text.filter((_, index) => index % stride > 0),
  };
}

/** The shape of every parameter by its name in GPT-2's files; the head is the token table. */
export function gptShapes({
  vocabularySize,
  context,
  layers,
  width,
}: GptSizes): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>([
    ["transformer.wte.weight", [vocabularySize, width]],
    ["transformer.wpe.weight", [context, width]],
  ]);
  const add = (name: string, weight: readonly number[]) => {
    shapes.set(`${name}.weight`, weight);
    shapes.set(`${name}.bias`, weight.slice(-1));
  };
  for (let layer = 0; layer < layers; layer++) {
    const block = `transformer.h.${layer}`;
    add(`${block}.ln_1`, [width]);
    add(`${block}.attn.c_attn`, [width, 3 * width]);
    add(`${block}.attn.c_proj`, [width, width]);
    add(`${block}.ln_2`, [width]);
    add(`${block}.mlp.c_fc`, [width, 4 * width]);
    add(`${block}.mlp.c_proj`, [4 * width, width]);
  }
  add("transformer.ln_f", [width]);
  return shapes;
}

/** GPT-2's beginning: gains 1, biases 0, weights normal, smaller where they add to the residual stream. */
export function gptWeights(sizes: GptSizes): NamedWeight[] {
  return [...gptShapes(sizes)].map(([name, shape], index) => {
    return { name, shape, values: firstValues(name, size(shape), index + 1, sizes) };
  });
}

function firstValues(name: string, count: number, seed: number, { layers }: GptSizes): Float32Array {
  if (name.endsWith(".bias")) return new Float32Array(count);
  if (/\.ln_\w+\.weight$/.test(name)) return new Float32Array(count).fill(1);
  const isResidual = name.endsWith(".c_proj.weight");
  return normalNoise(count, isResidual ? initialStd / Math.sqrt(2 * layers) : initialStd, seed);
}

/** [batchSize, context + 1]: mostly, the next token is three times the last and one, modulo their number. */
function patternedTokens({ vocabularySize, context }: GptSizes): Int32Array {
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
