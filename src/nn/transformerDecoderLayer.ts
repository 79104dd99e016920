// TransformerDecoderLayer: self-attention, attention to an encoder's result, and a feed-forward network, each added to
// what came in and normalised.

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

/** What targets may look at. Bool masks are true where they must not, as in MultiheadAttention. */
export interface TransformerDecoderInputs {
  /** Among targets: [targets, targets] or [batch * heads, targets, targets], bool, or f32 or f16 to be added. */
  readonly targetMask?: Tensor;
  /** bool [batch, targets]: true where a target is padding. */
  readonly targetKeyPaddingMask?: Tensor;
  /** Target i sees targets j <= i alone, beside what the masks hide; of the memory it sees all. Default false. */
  readonly causal?: boolean;
  /** From targets to the memory: [targets, memory] or [batch * heads, targets, memory], as targetMask. */
  readonly memoryMask?: Tensor;
  /** bool [batch, memory]: true where the memory is padding. */
  readonly memoryKeyPaddingMask?: Tensor;
}

/**
 * target: [batch, targets, dModel], memory (an encoder's result): [batch, memory, dModel], f32 or f16: always batch
 * first; the result is of target's shape. Dropout is on the attention weights, the hidden layer, and each sublayer's
 * result. Parameters: self_attn.*, multihead_attn.* (see MultiheadAttention), linear1.*, linear2.*, norm1.*, norm2.*,
 * norm3.*. Throws UsageError for sizes that do not fit; forward throws ShapeError and DtypeError.
 * Source: torch.nn.TransformerDecoderLayer with batch_first.
 */
export class TransformerDecoderLayer extends Module<
  [target: Tensor, memory: Tensor, inputs?: TransformerDecoderInputs]
> {
  private readonly selfAttention: MultiheadAttention;
  private readonly memoryAttention: MultiheadAttention;
  private readonly feedForward: FeedForward;
  /** After (or before) attention to targets, attention to the memory, and the feed-forward network. */
  private readonly norms: readonly LayerNorm[];
  private readonly dropout: Dropout;
  private readonly normFirst: boolean;

  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    super();
    const all = withDefaults(options);
    requireLayerOptions("TransformerDecoderLayer", { dModel, nhead }, all);
    const { dropout, bias, layerNormEps: eps } = all;
    this.selfAttention = new MultiheadAttention(dModel, nhead, { dropout, bias });
    this.memoryAttention = new MultiheadAttention(dModel, nhead, { dropout, bias });
    this.feedForward = new FeedForward(dModel, all);
    this.norms = [1, 2, 3].map(() => new LayerNorm(dModel, { eps, bias }));
    this.dropout = new Dropout(dropout);
    this.normFirst = all.normFirst;
  }

  override parts(): Iterable<readonly [string, unknown]> {
    return [
      ["self_attn", this.selfAttention],
      ["multihead_attn", this.memoryAttention],
      ...this.feedForward.parts(),
      ...this.norms.map((norm, index) => [`norm${index + 1}`, norm] as const),
      ["dropout1", this.dropout],
    ];
  }

  forward(target: Tensor, memory: Tensor, inputs: TransformerDecoderInputs = {}): Tensor {
    const { targetMask, targetKeyPaddingMask, causal, memoryMask, memoryKeyPaddingMask } = inputs;
    const amongTargets = { attentionMask: targetMask, keyPaddingMask: targetKeyPaddingMask, causal };
    const toMemory = { attentionMask: memoryMask, keyPaddingMask: memoryKeyPaddingMask };
    const [first, second, third] = this.norms.map((norm) => ({
      norm,
      dropout: this.dropout,
      normFirst: this.normFirst,
    }));
    const aware = residual(target, first, (x) =>
      withScope("self_attn", () => this.selfAttention.forward(x, x, x, amongTargets)),
    );
    const informed = residual(aware, second, (x) =>
      withScope("multihead_attn", () => this.memoryAttention.forward(x, memory, memory, toMemory)),
    );
    return residual(informed, third, (x) => this.feedForward.forward(x));
  }
}
