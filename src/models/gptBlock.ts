// One block of a GPT: attention and a feed-forward network, each behind a layer norm and added to what came in.
//
// Decides: the arithmetic and the names of GPT-2, whose layers store weights as [in, out]. Leaves to gpt.ts where keys
// and values of earlier tokens come from: a block is told how to attend.

import type { Tensor } from "../api/tensor.ts";
import { zeros } from "../api/tensor.ts";
import { initNormal } from "../nn/initNormal.ts";
import { Dropout, LayerNorm, Module, parameter } from "../nn/nn.ts";
import { add, cast, gelu, matmul, permute, reshape, slice } from "../ops/index.ts";
import type { GptConfig } from "./gptConfig.ts";

/** What block `layer` does with queries, keys and values, each [batch, heads, tokens, width]; gives the same shape. */
export type Attend = (q: Tensor, k: Tensor, v: Tensor, layer: number) => Tensor;

/** Of normal weights, as GPT-2 was begun with. */
const INITIAL_STD = 0.02;

/**
 * y = x W + b. x: [..., inFeatures]; y: [..., outFeatures]. Parameters: weight [in, out], bias [out]. In training x, W, b
 * and y are of dtype `precision`, whatever comes in: parameters are cast where they are read, and stay f32 themselves.
 */
class Conv1D extends Module {
  readonly weight: Tensor;
  readonly bias: Tensor;
  private readonly precision: "f32" | "f16";

  constructor(inFeatures: number, outFeatures: number, { precision = "f32" }: GptConfig, std = INITIAL_STD) {
    super();
    this.precision = precision;
    this.weight = initNormal([inFeatures, outFeatures], std);
    this.bias = parameter(zeros([outFeatures]));
  }

  forward(x: Tensor): Tensor {
    const stored = (value: Tensor) => (this.training ? cast(value, this.precision) : value);
    return add(matmul(stored(x), stored(this.weight)), stored(this.bias));
  }
}

/** Weights whose results are added to the residual stream begin smaller, the more of them there are. */
function residualStd({ layers }: GptConfig): number {
  return INITIAL_STD / Math.sqrt(2 * layers);
}

class SelfAttention extends Module<[x: Tensor, layer: number, attend: Attend]> {
  private readonly heads: number;
  private readonly input: Conv1D;
  private readonly output: Conv1D;
  private readonly dropout: Dropout;

  constructor(config: GptConfig) {
    super();
    const { width, heads, dropout = 0 } = config;
    this.heads = heads;
    this.input = new Conv1D(width, 3 * width, config);
    this.output = new Conv1D(width, width, config, residualStd(config));
    this.dropout = new Dropout(dropout);
  }

  override parts(): Iterable<readonly [string, unknown]> {
    return [
      ["c_attn", this.input],
      ["c_proj", this.output],
      ["dropout", this.dropout],
    ];
  }

  forward(x: Tensor, layer: number, attend: Attend): Tensor {
    const [batch, tokens, width] = x.shape;
    const all = this.input.forward(x); // [batch, tokens, 3 * width]
    const [q, k, v] = [0, 1, 2].map((part) => {
      const own = slice(all, { starts: [0, 0, part * width], ends: [batch, tokens, (part + 1) * width] });
      return permute(reshape(own, [batch, tokens, this.heads, width / this.heads]), [0, 2, 1, 3]);
    });
    const mixed = attend(q, k, v, layer); // [batch, heads, tokens, width / heads]
    const joined = reshape(permute(mixed, [0, 2, 1, 3]), [batch, tokens, width]);
    return this.dropout.forward(this.output.forward(joined));
  }
}

class FeedForward extends Module {
  private readonly input: Conv1D;
  private readonly output: Conv1D;
  private readonly dropout: Dropout;

  constructor(config: GptConfig) {
    super();
    const { width, dropout = 0 } = config;
    this.input = new Conv1D(width, 4 * width, config);
    this.output = new Conv1D(4 * width, width, config, residualStd(config));
    this.dropout = new Dropout(dropout);
  }

  override parts(): Iterable<readonly [string, unknown]> {
    return [
      ["c_fc", this.input],
      ["c_proj", this.output],
      ["dropout", this.dropout],
    ];
  }

  forward(x: Tensor): Tensor {
    const hidden = gelu(this.input.forward(x), { approximate: "tanh" });
    return this.dropout.forward(this.output.forward(hidden));
  }
}

/** x: [batch, tokens, width]; gives the same shape. */
export class GptBlock extends Module<[x: Tensor, layer: number, attend: Attend]> {
  private readonly attentionNorm: LayerNorm;
  private readonly attention: SelfAttention;
  private readonly feedForwardNorm: LayerNorm;
  private readonly feedForward: FeedForward;

  constructor(config: GptConfig) {
    super();
    const { width, eps = 1e-5 } = config;
    this.attentionNorm = new LayerNorm(width, { eps });
    this.attention = new SelfAttention(config);
    this.feedForwardNorm = new LayerNorm(width, { eps });
    this.feedForward = new FeedForward(config);
  }

  override parts(): Iterable<readonly [string, unknown]> {
    return [
      ["ln_1", this.attentionNorm],
      ["attn", this.attention],
      ["ln_2", this.feedForwardNorm],
      ["mlp", this.feedForward],
    ];
  }

  forward(x: Tensor, layer: number, attend: Attend): Tensor {
    const mixed = add(x, this.attention.forward(this.attentionNorm.forward(x), layer, attend));
    return add(mixed, this.feedForward.forward(this.feedForwardNorm.forward(mixed)));
  }
}
