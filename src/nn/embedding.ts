// Embedding: a table of vectors, picked by tokens (or by positions, when these are learned).

import { arange } from "../api/arange.ts";
import { normal } from "../api/random.ts";
import type { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { embedding, equal, unsqueeze, where } from "../ops/index.ts";
import { requireSize } from "./arguments.ts";
import { Module } from "./module.ts";
import { parameter } from "./parameter.ts";

/** How an Embedding layer is made. */
export interface EmbeddingLayerOptions {
  /** A row that begins as zeros and gets no gradient, such as that of a padding token. Negative counts from the end. */
  readonly paddingIndex?: number;
}

/**
 * y[…] = weight[index[…]]. index: i32 or u32, any shape; y: [...index, dim]; an index that names no row gives NaN.
 * Parameter: weight [numEmbeddings, dim], normal with mean 0 and deviation 1.
 * Throws UsageError unless both sizes are whole numbers from 1 and the padding row is one. Source: torch.nn.Embedding.
 */
export class Embedding extends Module<[index: Tensor]> {
  readonly numEmbeddings: number;
  readonly dim: number;
  /** Counted from 0. */
  readonly paddingIndex: number | undefined;
  readonly weight: Tensor;

  constructor(numEmbeddings: number, dim: number, { paddingIndex }: EmbeddingLayerOptions = {}) {
    super();
    requireSize("Embedding", "numEmbeddings", numEmbeddings);
    requireSize("Embedding", "dim", dim);
    this.numEmbeddings = numEmbeddings;
    this.dim = dim;
    this.paddingIndex = requireRow(paddingIndex, numEmbeddings);
    const drawn = normal([numEmbeddings, dim]);
    const isPadding = (row: number) => unsqueeze(equal(arange(numEmbeddings, { dtype: "i32" }), row), 1);
    this.weight = parameter(
      this.paddingIndex === undefined ? drawn : where(isPadding(this.paddingIndex), 0, drawn),
    );
  }

  forward(index: Tensor): Tensor {
    return embedding(index, this.weight, { paddingIndex: this.paddingIndex });
  }
}

function requireRow(paddingIndex: number | undefined, rows: number): number | undefined {
  if (paddingIndex === undefined) return undefined;
  if (Number.isInteger(paddingIndex) && paddingIndex >= -rows && paddingIndex < rows) {
    return paddingIndex < 0 ? paddingIndex + rows : paddingIndex;
  }
  throw new UsageError(
    `Embedding: paddingIndex is ${paddingIndex}, numEmbeddings ${rows}; ` +
      `paddingIndex must be a whole number from ${-rows} to ${rows - 1}.`,
  );
}
