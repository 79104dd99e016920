// How alike or how far apart the rows of two inputs are, as layers.

import type { Tensor } from "../api/tensor.ts";
import {
  type CosineSimilarityOptions,
  cosineSimilarity,
  type PairwiseDistanceOptions,
  pairwiseDistance,
} from "../ops/index.ts";
import { Module } from "./module.ts";

/** The cosine of the angle between rows, see the op `cosineSimilarity`. Source: torch.nn.CosineSimilarity. */
export class CosineSimilarity extends Module<[a: Tensor, b: Tensor]> {
  readonly options: CosineSimilarityOptions;

  constructor(options: CosineSimilarityOptions = {}) {
    super();
    this.options = { ...options };
  }

  forward(a: Tensor, b: Tensor): Tensor {
    return cosineSimilarity(a, b, this.options);
  }
}

/** How far each row is from the row at the same place, see the op `pairwiseDistance`. Source: torch.nn.PairwiseDistance. */
export class PairwiseDistance extends Module<[a: Tensor, b: Tensor]> {
  readonly options: PairwiseDistanceOptions;

  constructor(options: PairwiseDistanceOptions = {}) {
    super();
    this.options = { ...options };
  }

  forward(a: Tensor, b: Tensor): Tensor {
    return pairwiseDistance(a, b, this.options);
  }
}
