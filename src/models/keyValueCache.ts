// KeyValueCache: the keys and values of tokens that a GPT has already seen, in buffers made once and written in place.

import { arange } from "../api/arange.ts";
import { type Tensor, tensor, zeros } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { add, indexCopy } from "../ops/index.ts";

/** What a cache is made for. */
export interface CacheSizes {
  readonly layers: number;
  readonly batch: number;
  readonly heads: number;
  /** Tokens that it can hold. */
  readonly capacity: number;
  /** Width of one head. */
  readonly width: number;
}

/** Keys and values for each layer, [batch, heads, capacity, width], and how many tokens they hold. */
export class KeyValueCache {
  readonly sizes: CacheSizes;
  /** Tokens held, i32 [] on the GPU: compiled functions read and advance it. */
  readonly length: Tensor;
  private readonly keys: readonly Tensor[];
  private readonly values: readonly Tensor[];

  /** Throws UsageError unless all sizes are whole numbers from 1. */
  constructor(sizes: CacheSizes) {
    for (const [name, size] of Object.entries(sizes)) {
      if (Number.isInteger(size) && size >= 1) continue;
      throw new UsageError(`KeyValueCache: ${name} is ${size}; it must be a whole number of at least 1.`);
    }
    this.sizes = sizes;
    const { layers, batch, heads, capacity, width } = sizes;
    const make = (name: string) =>
      Array.from({ length: layers }, (_, layer) =>
        zeros([batch, heads, capacity, width], { name: `${name} of layer ${layer}` }),
      );
    this.keys = make("keys");
    this.values = make("values");
    this.length = tensor(new Int32Array(1), [], { name: "cached tokens" });
  }

  /**
   * Writes keys and values [batch, heads, tokens, width] behind those held, and gives all rows of the layer's buffers.
   * `length` is not advanced: that is for after the last layer. Rows beyond the capacity are not written.
   */
  append(layer: number, k: Tensor, v: Tensor): { keys: Tensor; values: Tensor } {
    const rows = add(arange(k.shape[2], { dtype: "i32" }), this.length);
    const [keys, values] = [this.keys[layer], this.values[layer]];
    keys.assign(indexCopy(keys, 2, rows, k));
    values.assign(indexCopy(values, 2, rows, v));
    return { keys, values };
  }

  /** Forgets all tokens. */
  clear(): void {
    this.length.write([0]);
  }

  /** Gives the memory back. */
  dispose(): void {
    for (const tensor of [...this.keys, ...this.values, this.length]) tensor.dispose();
  }
}
