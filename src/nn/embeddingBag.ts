// EmbeddingBag: a table of vectors, of which each bag of tokens picks some, for one vector of its own.

import type { Tensor } from "../api/tensor.ts";
import { requireMode } from "../ops/embeddingBag.ts";
import { type EmbeddingBagMode, type EmbeddingBagOptions, embeddingBag } from "../ops/index.ts";
import { type EmbeddingLayerOptions, makeTable } from "./embedding.ts";
import { Module } from "./module.ts";

/** How an EmbeddingBag layer is made. */
export interface EmbeddingBagLayerOptions extends EmbeddingLayerOptions {
  /** What becomes of a bag's vectors. Default "mean". */
  readonly mode?: EmbeddingBagMode;
  /** Whether offsets end with the number of tokens. Default false. */
  readonly includeLastOffset?: boolean;
}

/** What a bag layer is given beside the tokens, see the op `embeddingBag`. */
export type EmbeddingBagInputs = Pick<EmbeddingBagOptions<Tensor>, "offsets" | "perSampleWeights">;

/**
 * The sum, mean or largest of weight[index[…]] over each bag. index: i32 or u32, [bags, tokens], or [tokens] with `offsets`;
 * y: [bags, dim]; see the op `embeddingBag`. Parameter: weight [numEmbeddings, dim], normal with mean 0 and deviation 1, the
 * padding row 0. Throws UsageError for sizes, a padding row or a mode that are none. Source: torch.nn.EmbeddingBag.
 */
export class EmbeddingBag extends Module<[index: Tensor, inputs?: EmbeddingBagInputs]> {
  readonly numEmbeddings: number;
  readonly dim: number;
  readonly mode: EmbeddingBagMode;
  readonly includeLastOffset: boolean;
  /** Counted from 0. */
  readonly paddingIndex: number | undefined;
  readonly weight: Tensor;

  constructor(
    numEmbeddings: number,
    dim: number,
    { mode = "mean", includeLastOffset = false, paddingIndex }: EmbeddingBagLayerOptions = {},
  ) {
    super();
    requireMode("EmbeddingBag", mode);
    const table = makeTable("EmbeddingBag", numEmbeddings, dim, paddingIndex);
    this.numEmbeddings = numEmbeddings;
    this.dim = dim;
    this.mode = mode;
    this.includeLastOffset = includeLastOffset;
    this.paddingIndex = table.paddingIndex;
    this.weight = table.weight;
  }

  forward(index: Tensor, inputs: EmbeddingBagInputs = {}): Tensor {
    const { mode, includeLastOffset, paddingIndex } = this;
    return embeddingBag(index, this.weight, { ...inputs, mode, includeLastOffset, paddingIndex });
  }
}
