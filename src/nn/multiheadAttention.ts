// MultiheadAttention: every query looks at all keys, with several heads side by side.
//
// Decides: the projections into and out of the heads, and their names. Leaves masks to attentionMask.ts and what a
// head computes to attention itself. After Vaswani et al., "Attention Is All You Need", 2017.

import { scaledDotProductAttention } from "../api/attention.ts";
import { dropout } from "../api/dropout.ts";
import { type Tensor, zeros } from "../api/tensor.ts";
import { ShapeError, UsageError } from "../base/errors.ts";
import { add, cast, matmul, mean, permute, reshape, slice, transpose } from "../ops/index.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { printShape } from "../tensor/shape.ts";
import { requireSize } from "./arguments.ts";
import { type AttentionMasks, combineMasks } from "./attentionMask.ts";
import { attentionWeights } from "./attentionWeights.ts";
import { initXavier } from "./initXavier.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { parameter } from "./parameter.ts";

const NAME = "MultiheadAttention";
const SEPARATE_WEIGHTS = ["q_proj_weight", "k_proj_weight", "v_proj_weight"];

/** How a MultiheadAttention layer is made. */
export interface MultiheadAttentionOptions {
  /** In training, the probability with which a weight of a key becomes 0: from 0 and below 1. Default 0. */
  readonly dropout?: number;
  /** Whether the projections have biases. Default true. */
  readonly bias?: boolean;
  /** The width of keys. Default embedDim. */
  readonly kdim?: number;
  /** The width of values. Default embedDim. */
  readonly vdim?: number;
}

/** What may be looked at, and what is given back. */
export interface MultiheadAttentionInputs extends AttentionMasks {
  /** Query i sees keys j <= i alone, beside what the masks hide. Default false. */
  readonly causal?: boolean;
  /** Whether the weights are wanted beside the output, which costs time and memory. Default false. */
  readonly needWeights?: boolean;
  /** Whether the weights are the mean over the heads. Default true. */
  readonly averageWeights?: boolean;
}

/** What is given back where weights are wanted. */
export interface AttentionWithWeights {
  /** [batch, queries, embedDim]. */
  readonly output: Tensor;
  /** f32 [batch, queries, keys], or [batch, heads, queries, keys] where they are not averaged; after dropout. */
  readonly weights: Tensor;
}

/**
 * query: [batch, queries, embedDim], key: [batch, keys, kdim], value: [batch, keys, vdim], f32 or f16: always batch
 * first; the output is [batch, queries, embedDim]. Where all three are one tensor, one matrix product makes queries,
 * keys and values. Each head is embedDim / numHeads wide, which may be 256 at most.
 *
 * Bool masks mean here, as in PyTorch, the opposite of the mask of `scaledDotProductAttention`: true HIDES a key, where
 * it shows one there. A query from which all keys are hidden gets out_proj.bias alone (PyTorch gives NaN). Gradients flow
 * to an added mask only where weights are wanted. A compiled function keeps the mode, see `Module.training`.
 *
 * Parameters: in_proj_weight [3 embedDim, embedDim], or q_proj_weight, k_proj_weight, v_proj_weight [embedDim, width] where
 * kdim or vdim differ from embedDim, by Glorot's uniform initialisation; in_proj_bias [3 embedDim] (zeros);
 * out_proj.weight as in Linear, out_proj.bias (zeros). Throws UsageError for sizes that do not fit; forward
 * throws ShapeError and DtypeError. Source: torch.nn.MultiheadAttention with batch_first.
 */
export class MultiheadAttention extends Module<
  [query: Tensor, key: Tensor, value: Tensor, inputs?: MultiheadAttentionInputs],
  Tensor | AttentionWithWeights
> {
  readonly embedDim: number;
  readonly numHeads: number;
  readonly kdim: number;
  readonly vdim: number;
  readonly dropout: number;
  /** One for queries, keys and values together, or, where their widths differ, one for each. */
  private readonly inputWeights: readonly Tensor[];
  private readonly inputBias: Tensor | undefined;
  private readonly output: Linear;

  constructor(embedDim: number, numHeads: number, options: MultiheadAttentionOptions = {}) {
    super();
    const { dropout = 0, bias = true, kdim = embedDim, vdim = embedDim } = options;
    requireSizes({ embedDim, numHeads, kdim, vdim });
    requireRate(dropout);
    this.embedDim = embedDim;
    this.numHeads = numHeads;
    this.kdim = kdim;
    this.vdim = vdim;
    this.dropout = dropout;
    const isOneWidth = kdim === embedDim && vdim === embedDim;
    this.inputWeights = isOneWidth
      ? [initXavier(3 * embedDim, embedDim)]
      : [embedDim, kdim, vdim].map((width) => initXavier(embedDim, width));
    this.inputBias = bias ? parameter(zeros([3 * embedDim])) : undefined;
    this.output = new Linear(embedDim, embedDim, { bias });
    this.output.bias?.write(new Float32Array(embedDim));
  }

  override parts(): Iterable<readonly [string, unknown]> {
    const names = this.inputWeights.length === 1 ? ["in_proj_weight"] : SEPARATE_WEIGHTS;
    return [
      ...names.map((name, index) => [name, this.inputWeights[index]] as const),
      ["in_proj_bias", this.inputBias],
      ["out_proj", this.output],
    ];
  }

  forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    inputs?: MultiheadAttentionInputs & { readonly needWeights?: false },
  ): Tensor;
  forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    inputs: MultiheadAttentionInputs & { readonly needWeights: true },
  ): AttentionWithWeights;
  forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    inputs: MultiheadAttentionInputs = {},
  ): Tensor | AttentionWithWeights {
    const { causal = false, needWeights = false, averageWeights = true } = inputs;
    this.requireInputs(query, key, value);
    const sizes = {
      batch: query.shape[0],
      heads: this.numHeads,
      queries: query.shape[1],
      keys: key.shape[1],
    };
    const mask = combineMasks(inputs, sizes);
    const rate = this.training ? this.dropout : 0;
    const [q, k, v] = this.project(query, key, value).map((x) => this.split(x));
    if (!needWeights) {
      return this.join(scaledDotProductAttention(q, k, v, { causal, mask, dropout: rate }));
    }
    const all = attentionWeights(q, k, { causal, mask });
    const weights = rate === 0 ? all : dropout(all, rate);
    const output = this.join(cast(matmul(weights, v), v.dtype));
    return { output, weights: averageWeights ? mean(weights, { axis: 1 }) : weights };
  }

  /** Queries, keys and values of all heads together, by as few products as the inputs allow. */
  private project(query: Tensor, key: Tensor, value: Tensor): Tensor[] {
    const isApart = this.inputWeights.length > 1 || key !== value;
    if (isApart) return [query, key, value].flatMap((x, part) => this.projectInto(x, part, 1));
    if (query === key) return this.projectInto(query, 0, 3);
    return [...this.projectInto(query, 0, 1), ...this.projectInto(key, 1, 2)];
  }

  /** x as `count` of queries (part 0), keys (1) and values (2), from part `first` on: [batch, length, embedDim] each. */
  private projectInto(x: Tensor, first: number, count: number): Tensor[] {
    const { embedDim, inputBias } = this;
    const own = { starts: [first * embedDim], ends: [(first + count) * embedDim] };
    const weight = this.inputWeights.length > 1 ? this.inputWeights[first] : slice(this.inputWeights[0], own);
    const product = matmul(x, transpose(weight));
    const y = inputBias === undefined ? product : add(product, slice(inputBias, own));
    return Array.from({ length: count }, (_, part) =>
      slice(y, { starts: [0, 0, part * embedDim], ends: [undefined, undefined, (part + 1) * embedDim] }),
    );
  }

  /** [batch, length, embedDim] as [batch, heads, length, embedDim / heads]. */
  private split(x: Tensor): Tensor {
    const [batch, length, width] = x.shape;
    const { numHeads } = this;
    return permute(reshape(x, [batch, length, numHeads, width / numHeads]), [0, 2, 1, 3]);
  }

  /** The way back, and through the last projection. */
  private join(mixed: Tensor): Tensor {
    const [batch, , length] = mixed.shape;
    return this.output.forward(reshape(permute(mixed, [0, 2, 1, 3]), [batch, length, this.embedDim]));
  }

  private requireInputs(query: Tensor, key: Tensor, value: Tensor): void {
    requireInput("query", query, "queries", this.embedDim);
    requireInput("key", key, "keys", this.kdim);
    requireInput("value", value, "keys", this.vdim);
    const [ofQuery, ofKey, ofValue] = [query, key, value].map(({ shape }) => printShape(shape));
    if (query.shape[0] !== key.shape[0])
      throw new ShapeError(
        `${NAME}: batches differ, query is ${ofQuery} and key is ${ofKey}; the first sizes must be equal.`,
      );
    if (key.shape[0] !== value.shape[0] || key.shape[1] !== value.shape[1])
      throw new ShapeError(
        `${NAME}: key is ${ofKey} and value is ${ofValue}; all their sizes but the last must be equal.`,
      );
  }
}

function requireSizes(sizes: {
  readonly embedDim: number;
  readonly numHeads: number;
  readonly kdim: number;
  readonly vdim: number;
}): void {
  for (const [name, size] of Object.entries(sizes)) requireSize(NAME, name, size);
  const { embedDim, numHeads } = sizes;
  if (embedDim % numHeads !== 0)
    throw new UsageError(
      `${NAME}: embedDim is ${embedDim} and numHeads ${numHeads}; numHeads must divide embedDim.`,
    );
}

function requireRate(dropout: number): void {
  if (dropout >= 0 && dropout < 1) return;
  throw new UsageError(`${NAME}: dropout is ${dropout}; it must be at least 0 and below 1.`);
}

function requireInput(name: string, x: Tensor, rows: string, width: number): void {
  requireFloating(NAME, name, x);
  const { shape } = x;
  if (shape.length === 3 && shape[2] === width) return;
  throw new ShapeError(`${NAME}: ${name} is ${printShape(shape)}; it must be [batch, ${rows}, ${width}].`);
}
