// What the layers of a Transformer's encoder and decoder share: how they are made, their feed-forward network, and
// what is added to what. After Vaswani et al., "Attention Is All You Need", 2017; norms first after Xiong et al., "On
// Layer Normalization in the Transformer Architecture", 2020.

import type { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { add, gelu, relu } from "../ops/index.ts";
import { requireSize } from "./arguments.ts";
import { Dropout } from "./dropout.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";
import type { LayerNorm } from "./normalization.ts";

/** How a TransformerEncoderLayer or TransformerDecoderLayer is made. */
export interface TransformerLayerOptions {
  /** The width of the feed-forward network between its two layers. Default 2048. */
  readonly dimFeedforward?: number;
  /** Of attention weights, of the hidden layer, and of all that is added to x: from 0 and below 1. Default 0.1. */
  readonly dropout?: number;
  /** Between the two layers of the feed-forward network; "gelu" is the exact one. Default "relu". */
  readonly activation?: "relu" | "gelu";
  /** Added to the variance in layer norms. Default 1e-5. */
  readonly layerNormEps?: number;
  /** x + f(norm(x)) rather than norm(x + f(x)). Default false. */
  readonly normFirst?: boolean;
  /** Whether attention, linear layers and norms have biases. Default true. */
  readonly bias?: boolean;
}

/** `options` with PyTorch's defaults. */
export function withDefaults(options: TransformerLayerOptions): Required<TransformerLayerOptions> {
  return {
    dimFeedforward: options.dimFeedforward ?? 2048,
    dropout: options.dropout ?? 0.1,
    activation: options.activation ?? "relu",
    layerNormEps: options.layerNormEps ?? 1e-5,
    normFirst: options.normFirst ?? false,
    bias: options.bias ?? true,
  };
}

/** Throws UsageError for what the parts of `layer` do not check themselves, or would report under their own names. */
export function requireLayerOptions(
  layer: string,
  sizes: { readonly dModel: number; readonly nhead: number },
  { dimFeedforward, activation }: Required<TransformerLayerOptions>,
): void {
  for (const [name, size] of Object.entries({ ...sizes, dimFeedforward })) requireSize(layer, name, size);
  if (sizes.dModel % sizes.nhead !== 0)
    throw new UsageError(
      `${layer}: dModel is ${sizes.dModel} and nhead ${sizes.nhead}; nhead must divide dModel.`,
    );
  if (activation !== "relu" && activation !== "gelu")
    throw new UsageError(
      `${layer}: activation is ${JSON.stringify(activation)}; it must be "relu" or "gelu".`,
    );
}

/** linear2(dropout(activation(linear1(x)))). Its parts stand in the layer itself, whose names for them are these. */
export class FeedForward extends Module {
  private readonly linear1: Linear;
  private readonly dropout: Dropout;
  private readonly linear2: Linear;
  private readonly activation: "relu" | "gelu";

  constructor(width: number, options: Required<TransformerLayerOptions>) {
    super();
    const { dimFeedforward, dropout, activation, bias } = options;
    this.linear1 = new Linear(width, dimFeedforward, { bias });
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, width, { bias });
    this.activation = activation;
  }

  forward(x: Tensor): Tensor {
    const wide = this.linear1.forward(x);
    const hidden = this.activation === "relu" ? relu(wide) : gelu(wide);
    return this.linear2.forward(this.dropout.forward(hidden));
  }
}

/** How a sublayer joins what came in. */
export interface Residual {
  readonly norm: LayerNorm;
  readonly dropout: Dropout;
  readonly normFirst: boolean;
}

/** norm(x + dropout(f(x))), or x + dropout(f(norm(x))) where norms are first. */
export function residual(
  x: Tensor,
  { norm, dropout, normFirst }: Residual,
  f: (input: Tensor) => Tensor,
): Tensor {
  if (normFirst) return add(x, dropout.forward(f(norm.forward(x))));
  return norm.forward(add(x, dropout.forward(f(x))));
}
