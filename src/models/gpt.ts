// Gpt: GPT-2's architecture (Radford et al., "Language Models are Unsupervised Multitask Learners", 2019), to the name
// of every parameter, so that GPT-2's own files load unchanged.
//
// Decides: how tokens become logits, in training, with a cache of earlier tokens, and for looking at what attends to
// what. Leaves the arithmetic of a block to gptBlock.ts, and the choosing of tokens to generate.ts.

import { arange } from "../api/arange.ts";
import { scaledDotProductAttention } from "../api/attention.ts";
import { checkpoint } from "../api/checkpoint.ts";
import { requireEngine } from "../api/engine.ts";
import { type LoadOptions, loadState, type StateSource } from "../api/loadState.ts";
import type { Tensor } from "../api/tensor.ts";
import { DtypeError, ShapeError } from "../base/errors.ts";
import { initNormal } from "../nn/initNormal.ts";
import { Dropout, LayerNorm, Module } from "../nn/nn.ts";
import {
  add,
  broadcastTo,
  decodeAttention,
  embedding,
  gather,
  lessEqual,
  linearCrossEntropy,
  matmul,
  mul,
  reshape,
  slice,
  softmax,
  sub,
  transpose,
  where,
} from "../ops/index.ts";
import { printShape } from "../tensor/shape.ts";
import { type Attend, GptBlock } from "./gptBlock.ts";
import { type GptConfig, requireGptConfig } from "./gptConfig.ts";
import { gpt2State } from "./gptState.ts";
import { KeyValueCache } from "./keyValueCache.ts";

/** Normal weights, as GPT-2 was begun with. */
const INITIAL_STD = 0.02;
/** Scores of pairs that may not attend, for the maps. */
const MASKED = -1e9;

/**
 * tokens: i32 [batch, tokens], at most `context` of them; y: logits [batch, tokens, vocabularySize].
 * Parameters: as GPT-2's state dict names them, "transformer.wte.weight" to "transformer.ln_f.bias"; the head is tied
 * to the embedding. Throws UsageError for sizes that do not fit, ShapeError for more tokens than the context holds.
 */
export class Gpt extends Module<[tokens: Tensor]> {
  readonly config: GptConfig;
  private readonly tokenTable: Tensor;
  private readonly positionTable: Tensor;
  private readonly dropout: Dropout;
  private readonly blocks: readonly GptBlock[];
  private readonly norm: LayerNorm;

  constructor(config: GptConfig) {
    super();
    requireGptConfig(config, requireEngine("Gpt").deviceProfile);
    this.config = config;
    const { vocabularySize, context, layers, width, dropout = 0, eps = 1e-5 } = config;
    this.tokenTable = initNormal([vocabularySize, width], INITIAL_STD);
    this.positionTable = initNormal([context, width], INITIAL_STD);
    this.dropout = new Dropout(dropout);
    this.blocks = Array.from({ length: layers }, () => new GptBlock(config));
    this.norm = new LayerNorm(width, { eps });
  }

  override parts(): Iterable<readonly [string, unknown]> {
    return [
      ["transformer.wte.weight", this.tokenTable],
      ["transformer.wpe.weight", this.positionTable],
      ["transformer.drop", this.dropout],
      ["transformer.h", this.blocks],
      ["transformer.ln_f", this.norm],
    ];
  }

  /**
   * Writes `state`, in the names of GPT-2 with or without "transformer.", into the parameters. Masks that some files
   * carry, and a head equal in name to the tied one, are passed over. Throws UsageError naming missing and unexpected
   * names, and ShapeError naming shapes that differ, before anything is written.
   */
  override loadStateDict(state: StateSource, options: LoadOptions = {}): void {
    loadState(this.stateDict(), gpt2State(state), options);
  }

  forward(tokens: Tensor): Tensor {
    return this.logits(this.hidden(tokens));
  }

  /**
   * The mean cross-entropy of predicting `targets`, both i32 [batch, tokens]; where a target is -100 it does not count.
   * Large vocabularies are worked through in parts, so that no more than one part of the logits is ever in memory.
   */
  loss(tokens: Tensor, targets: Tensor): Tensor {
    const { width } = this.config;
    const [batch, count] = tokens.shape;
    const x = reshape(this.hidden(tokens), [batch * count, width]);
    return linearCrossEntropy(x, this.tokenTable, reshape(targets, [batch * count]));
  }

  /** A cache for `batch` texts. */
  cache(batch = 1): KeyValueCache {
    const { layers, heads, context, width } = this.config;
    return new KeyValueCache({ layers, batch, heads, capacity: context, width: width / heads });
  }

  /**
   * The logits [batch, vocabularySize] after the first `count` of `tokens` [batch, tokens], whose keys and values fill
   * `cache` from its beginning. count: i32 [] on the GPU, so that prompts of many lengths share a plan: what stands
   * behind the first `count` tokens does not matter.
   */
  prefill(tokens: Tensor, count: Tensor, cache: KeyValueCache): Tensor {
    cache.length.assign(mul(cache.length, 0));
    const x = this.hidden(tokens, (q, k, v, layer) => {
      cache.append(layer, k, v);
      return scaledDotProductAttention(q, k, v, { causal: true });
    });
    cache.length.assign(count);
    return this.logitsAfter(x, count);
  }

  /**
   * The logits [batch, vocabularySize] after the first `count` of `tokens`, i32 [batch, tokens], without a cache.
   * count: i32 [], as `prefill` takes it. Throws as `forward` does.
   */
  nextLogits(tokens: Tensor, count: Tensor): Tensor {
    return this.logitsAfter(this.hidden(tokens), count);
  }

  /** The logits [batch, vocabularySize] after one more token for each text, i32 [batch], which joins `cache`. */
  step(tokens: Tensor, cache: KeyValueCache): Tensor {
    const [batch] = tokens.shape;
    const { vocabularySize, width } = this.config;
    const position = reshape(embedding(cache.length, this.positionTable), [1, 1, width]);
    const embedded = embedding(reshape(tokens, [batch, 1]), this.tokenTable);
    const lengths = add(cache.length, 1);
    const x = this.transform(add(embedded, position), (q, k, v, layer) => {
      const { keys, values } = cache.append(layer, k, v);
      return decodeAttention(q, keys, values, { lengths });
    });
    cache.length.assign(lengths);
    return reshape(this.logits(x), [batch, vocabularySize]);
  }

  /**
   * The weights with which `forward` mixes values, one tensor for each layer: [batch, heads, tokens, tokens] for tokens
   * i32 [batch, tokens]. Row i says how much token i attends to each; it adds up to 1 and is 0 behind i. Whole matrices
   * are in memory, unlike in training: this is for looking at. Throws DtypeError and ShapeError as `forward` does.
   * Source: `attentions` of Hugging Face's GPT2Model.
   */
  attentionMaps(tokens: Tensor): Tensor[] {
    const maps: Tensor[] = [];
    this.hidden(tokens, (q, k, v) => {
      const [, , count, width] = q.shape;
      const keys = arange(count, { engine: q.engine });
      const scores = mul(matmul(q, transpose(k)), 1 / Math.sqrt(width));
      const weights = softmax(where(lessEqual(keys, reshape(keys, [count, 1])), scores, MASKED));
      maps.push(weights);
      return matmul(weights, v);
    });
    return maps;
  }

  /** The token embeddings [vocabularySize, width], which are the head as well. */
  get embeddings(): Tensor {
    return this.tokenTable;
  }

  private hidden(tokens: Tensor, attend: Attend = (q, k, v) => this.attend(q, k, v)): Tensor {
    requireTokens(tokens, this.config);
    const [, count] = tokens.shape;
    const positions = slice(this.positionTable, { ends: [count] });
    return this.transform(add(embedding(tokens, this.tokenTable), positions), attend);
  }

  private transform(embedded: Tensor, attend: Attend): Tensor {
    let x = this.dropout.forward(embedded);
    const isCheckpointed = this.config.checkpoint === true && this.training;
    this.blocks.forEach((block, layer) => {
      const run = (input: Tensor) => block.forward(input, layer, attend);
      x = isCheckpointed ? checkpoint(run, x) : run(x);
    });
    return this.norm.forward(x);
  }

  private attend(q: Tensor, k: Tensor, v: Tensor): Tensor {
    const { dropout = 0 } = this.config;
    return scaledDotProductAttention(q, k, v, { causal: true, dropout: this.training ? dropout : 0 });
  }

  /** x: [batch, tokens, width]. The logits [batch, vocabularySize] of row count - 1. */
  private logitsAfter(x: Tensor, count: Tensor): Tensor {
    const [batch, tokens, width] = x.shape;
    const last = broadcastTo(reshape(sub(count, 1), [1, 1, 1]), [batch, 1, width]);
    const picked = tokens === 1 ? x : gather(x, last, { axis: 1 });
    return reshape(this.logits(picked), [batch, this.config.vocabularySize]);
  }

  private logits(x: Tensor): Tensor {
    return matmul(x, transpose(this.tokenTable));
  }
}

function requireTokens({ shape, dtype }: Tensor, { context }: GptConfig): void {
  if (dtype !== "i32" && dtype !== "u32") {
    throw new DtypeError(`Gpt: tokens have dtype ${dtype}; they must be i32 or u32.`);
  }
  if (shape.length !== 2 || shape[1] < 1) {
    throw new ShapeError(`Gpt: tokens are ${printShape(shape)}; they must be [batch, tokens], at least one.`);
  }
  if (shape[1] > context) {
    throw new ShapeError(
      `Gpt: ${shape[1]} tokens for a context of ${context}; give at most ${context}, the last ones of a longer text.`,
    );
  }
}
