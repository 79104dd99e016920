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
    const table = makeTable("Embedding", numEmbeddings, dim, paddingIndex);
    this.numEmbeddings = numEmbeddings;
    this.dim = dim;
    this.paddingIndex = table.paddingIndex;
    this.weight = table.weight;
  }

  forward(index: Tensor): Tensor {
    return embedding(index, this.weight, { paddingIndex: this.paddingIndex });
  }
}

/** A table as it begins: normal with mean 0 and deviation 1, its padding row 0. */
export function makeTable(
  layer: string,
  numEmbeddings: number,
  dim: number,
  paddingIndex: number | undefined,
): { weight: Tensor; paddingIndex: number | undefined } {
  requireSize(layer, "numEmbeddings", numEmbeddings);
  requireSize(layer, "dim", dim);
  const padding = requireRow(layer, paddingIndex, numEmbeddings);
  const drawn = normal([numEmbeddings, dim]);
  const isPadding = (row: number) => unsqueeze(equal(arange(numEmbeddings, { dtype: "i32" }), row), 1);
  const weight = parameter(padding === undefined ? drawn : where(isPadding(padding), 0, drawn));
  return { weight, paddingIndex: padding };
}

function requireRow(layer: string, paddingIndex: number | undefined, rows: number): number | undefined {
  if (paddingIndex === undefined) return undefined;
  if (Number.isInteger(paddingIndex) && paddingIndex >= -rows && paddingIndex < rows) {
    return paddingIndex < 0 ? paddingIndex + rows : paddingIndex;
  }
  throw new UsageError(
    `${layer}: paddingIndex is ${paddingIndex}, numEmbeddings ${rows}; ` +
      `paddingIndex must be a whole number from ${-rows} to ${rows - 1}.`,
  );
}
