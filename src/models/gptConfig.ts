// The sizes of a GPT, and the sizes that are known by name.

import { UsageError } from "../base/errors.ts";

/** The sizes of a GPT. */
export interface GptConfig {
  /** Tokens that there are. */
  readonly vocabularySize: number;
  /** Tokens that the model sees at once, at the most. */
  readonly context: number;
  readonly layers: number;
  readonly heads: number;
  /** Width of the residual stream; a multiple of `heads`. */
  readonly width: number;
  /** Probability with which elements are dropped in training. Default 0. */
  readonly dropout?: number;
  /** Added to variances by the norms. Default 1e-5. */
  readonly eps?: number;
  /**
   * Keep nothing of a block for its gradient but what came in, and compute the block again: training then needs far less
   * memory and a third more arithmetic. Default false.
   */
  readonly checkpoint?: boolean;
  /**
   * How the layers of the blocks store what they give while training: "f16" takes half the memory and needs the device
   * feature shader-f16, and a loss that is scaled (`optim.GradScaler`). Parameters, residual stream, norms, softmax and
   * loss are f32 either way, and so is everything in evaluation. Default "f32".
   */
  readonly precision?: "f32" | "f16";
}

const FEED_FORWARD = 4;

/** GPT-2's four sizes (Radford et al., 2019). */
export const GPT2_SIZES = {
  "124M": { vocabularySize: 50257, context: 1024, layers: 12, heads: 12, width: 768 },
  "355M": { vocabularySize: 50257, context: 1024, layers: 24, heads: 16, width: 1024 },
  "774M": { vocabularySize: 50257, context: 1024, layers: 36, heads: 20, width: 1280 },
  "1558M": { vocabularySize: 50257, context: 1024, layers: 48, heads: 25, width: 1600 },
} as const satisfies Record<string, GptConfig>;

/** The shape of every parameter by its name in GPT-2's state dict. Builds nothing. */
export function gptShapes({ vocabularySize, context, layers, width }: GptConfig): Map<string, number[]> {
  const inner = FEED_FORWARD * width;
  const norm = (name: string): [string, number[]][] => [
    [`${name}.weight`, [width]],
    [`${name}.bias`, [width]],
  ];
  const dense = (name: string, from: number, to: number): [string, number[]][] => [
    [`${name}.weight`, [from, to]],
    [`${name}.bias`, [to]],
  ];
  const blocks = Array.from({ length: layers }, (_, layer) => `transformer.h.${layer}`).flatMap((block) => [
    ...norm(`${block}.ln_1`),
    ...dense(`${block}.attn.c_attn`, width, 3 * width),
    ...dense(`${block}.attn.c_proj`, width, width),
    ...norm(`${block}.ln_2`),
    ...dense(`${block}.mlp.c_fc`, width, inner),
    ...dense(`${block}.mlp.c_proj`, inner, width),
  ]);
  return new Map([
    ["transformer.wte.weight", [vocabularySize, width]],
    ["transformer.wpe.weight", [context, width]],
    ...blocks,
    ...norm("transformer.ln_f"),
  ]);
}

/** The number of parameters, the head being tied to the embedding. */
export function gptParameterCount(config: GptConfig): number {
  return [...gptShapes(config).values()].reduce(
    (total, shape) => total + shape.reduce((count, size) => count * size, 1),
    0,
  );
}

/**
 * Throws UsageError unless all sizes are whole numbers from 1, the width fits the heads, dropout is a probability, and
 * the device has what the precision needs.
 */
export function requireGptConfig(config: GptConfig, { hasF16 }: { readonly hasF16: boolean }): void {
  const { heads, width, dropout = 0 } = config;
  for (const name of ["vocabularySize", "context", "layers", "heads", "width"] as const) {
    if (Number.isInteger(config[name]) && config[name] >= 1) continue;
    throw new UsageError(`Gpt: ${name} is ${config[name]}; it must be a whole number of at least 1.`);
  }
  if (width % heads !== 0) {
    throw new UsageError(
      `Gpt: width is ${width}, which ${heads} heads cannot share; it must be a multiple of heads.`,
    );
  }
  if (width / heads > 256) {
    throw new UsageError(
      `Gpt: width ${width} by ${heads} heads is ${width / heads} for each head; it must be at most 256.`,
    );
  }
  if (!(dropout >= 0 && dropout < 1)) {
    throw new UsageError(`Gpt: dropout is ${dropout}; it must be at least 0 and below 1.`);
  }
  const { precision = "f32" } = config;
  if (precision !== "f32" && precision !== "f16") {
    throw new UsageError(`Gpt: precision is "${String(precision)}"; it must be "f32" or "f16".`);
  }
  if (precision === "f16" && !hasF16) {
    throw new UsageError(
      'Gpt: precision "f16" needs the device feature shader-f16, which this device lacks; use "f32".',
    );
  }
}
