// BytePairMerger: which tokens a piece of text becomes.
//
// Decides: of all pairs in a row the one whose merge comes first is merged, the leftmost of several, until none is left;
// in n log n, so that a piece of a megabyte is no trap. Leaves to others: what pieces are, and keeping results.
// After Sennrich, Haddow, Birch: Neural machine translation of rare words with subword units (2016).

import { BinaryHeap } from "./binaryHeap.ts";
import type { BytePairMerge } from "./bytePairs.ts";

const merged = -1;

export class BytePairMerger {
  readonly #vocabularySize: number;
  readonly #ranks = new Map<number, number>(); // left * vocabularySize + right -> the place in the list
  readonly #results: Int32Array;

  constructor(merges: readonly BytePairMerge[], vocabularySize: number) {
    this.#vocabularySize = vocabularySize;
    merges.forEach(({ left, right }, rank) => {
      this.#ranks.set(left * vocabularySize + right, rank);
    });
    this.#results = Int32Array.from(merges, ({ result }) => result);
  }

  /** The tokens that `tokens` become. `tokens` is overwritten. */
  merge(tokens: Int32Array): Int32Array {
    const count = tokens.length;
    const next = Int32Array.from(tokens, (_, at) => at + 1); // count: none
    const previous = Int32Array.from(tokens, (_, at) => at - 1); // -1: none
    // A pair that waits is one number, rank * count + place: the order of numbers is the order of merging.
    const waiting = new BinaryHeap<number>((a, b) => a < b);
    const rankAt = (at: number): number | undefined => {
      if (at < 0 || next[at] >= count) return undefined;
      return this.#ranks.get(tokens[at] * this.#vocabularySize + tokens[next[at]]);
    };
    const wait = (at: number) => {
      const rank = rankAt(at);
      if (rank !== undefined) waiting.add(rank * count + at);
    };
    for (let at = 0; at < count; at++) wait(at);
    for (let first = waiting.take(); first !== undefined; first = waiting.take()) {
      const rank = Math.floor(first / count);
      const at = first % count;
      // The pair may be gone since: one of its tokens was merged with another.
      if (tokens[at] === merged || rankAt(at) !== rank) continue;
      const right = next[at];
      tokens[at] = this.#results[rank];
      tokens[right] = merged;
      next[at] = next[right];
      if (next[at] < count) previous[next[at]] = at;
      wait(previous[at]);
      wait(at);
    }
    return tokens.filter((token) => token !== merged);
  }
}
