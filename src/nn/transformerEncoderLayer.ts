// TransformerEncoderLayer: self-attention and a feed-forward network, each added to what came in and normalised.

import type { Tensor } from "../api/tensor.ts";
import { withScope } from "../base/scope.ts";
import { Dropout } from "./dropout.ts";
import { Module } from "./module.ts";
import { MultiheadAttention } from "./multiheadAttention.ts";
import { LayerNorm } from "./normalization.ts";
import {
  FeedForward,
  requireLayerOptions,
  residual,
  type TransformerLayerOptions,
  withDefaults,
} from "./transformerLayer.ts";

/** What elements of a sequence may look at. Bool masks are true where they must not, as in MultiheadAttention. */
export interface TransformerEncoderInputs {
  /** [length, length] or [batch * heads, length, length]: bool, or f32 or f16 to be added to the scores. */
  readonly mask?: Tensor;
  /** bool [batch, length]: true where src is padding. */
  readonly keyPaddingMask?: Tensor;
  /** Element i sees elements j <= i alone, beside what the masks hide. Default false. */
  readonly causal?: boolean;
}

/**
 * src: [batch, length, dModel], f32 or f16: always batch first; the result is of the same shape. Dropout is on the
 * attention weights, the hidden layer, and both sublayers' results. Parameters: self_attn.* (see MultiheadAttention),
 * linear1.*, linear2.*, norm1.*, norm2.*. Throws UsageError for sizes that do not fit; forward throws ShapeError and
 * DtypeError. Source: torch.nn.TransformerEncoderLayer with batch_first.
 */
export class TransformerEncoderLayer extends Module<[src: Tensor, inputs?: TransformerEncoderInputs]> {
  private readonly attention: MultiheadAttention;
  private readonly feedForward: FeedForward;
  private readonly attentionNorm: LayerNorm;
  private readonly feedForwardNorm: LayerNorm;
  private readonly dropout: Dropout;
  private readonly normFirst: boolean;

  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    super();
    const all = withDefaults(options);
    requireLayerOptions("TransformerEncoderLayer", { dModel, nhead }, all);
    const { dropout, bias, layerNormEps: eps } = all;
    this.attention = new MultiheadAttention(dModel, nhead, { dropout, bias });
    this.feedForward = new FeedForward(dModel, all);
    this.attentionNorm = new LayerNorm(dModel, { eps, bias });
    this.feedForwardNorm = new LayerNorm(dModel, { eps, bias });
    this.dropout = new Dropout(dropout);
    this.normFirst = all.normFirst;
  }

  override parts(): Iterable<readonly [string, unknown]> {
    return [
      ["self_attn", this.attention],
      ...this.feedForward.parts(),
      ["norm1", this.attentionNorm],
      ["norm2", this.feedForwardNorm],
      ["dropout1", this.dropout],
    ];
  }

  forward(src: Tensor, { mask, keyPaddingMask, causal }: TransformerEncoderInputs = {}): Tensor {
    const { dropout, normFirst } = this;
    const inputs = { attentionMask: mask, keyPaddingMask, causal };
    const attended = residual(src, { norm: this.attentionNorm, dropout, normFirst }, (x) =>
      withScope("self_attn", () => this.attention.forward(x, x, x, inputs)),
    );
    return residual(attended, { norm: this.feedForwardNorm, dropout, normFirst }, (x) =>
      this.feedForward.forward(x),
    );
  }
}
