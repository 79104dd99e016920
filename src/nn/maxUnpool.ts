// MaxUnpool1d, MaxUnpool2d, MaxUnpool3d: the layers that put back what max pooling took.

import type { Tensor } from "../api/tensor.ts";
import { type MaxUnpoolOptions, unpool } from "../ops/maxUnpool2d.ts";
import { requireWindows, type Single, type Sizes, type Triple } from "../ops/poolAxes.ts";
import type { Pair } from "../ops/window.ts";
import { Module } from "./module.ts";

/** Windows that are undone: their stride (default kernelSize) and padding (default 0). */
type WindowOptions<S extends Sizes> = Omit<MaxUnpoolOptions<S>, "outputSize">;

abstract class MaxUnpool<S extends Sizes> extends Module<[x: Tensor, indices: Tensor, outputSize?: S]> {
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  private readonly layer: string;

  constructor(layer: string, rank: number, kernelSize: S, options: WindowOptions<S>) {
    super();
    const windows = requireWindows(layer, rank, kernelSize, options);
    this.kernelSize = windows.map(({ kernel }) => kernel);
    this.stride = windows.map(({ stride }) => stride);
    this.padding = windows.map(({ padding }) => padding);
    this.layer = layer;
  }

  /** x at the places that `forwardWithIndices` of a pooling gave. outputSize: the sizes behind the channels. */
  forward(x: Tensor, indices: Tensor, outputSize?: S): Tensor {
    const { kernelSize, stride, padding } = this;
    const options = { stride, padding, outputSize };
    return unpool<Tensor, Sizes>(this.layer, x, indices, kernelSize.length, kernelSize, options);
  }
}

/**
 * What MaxPool1d took, at its places, and zeros elsewhere. x, indices: [batch, channels, length].
 * Throws UsageError for sizes that do not fit. Source: torch.nn.MaxUnpool1d.
 */
export class MaxUnpool1d extends MaxUnpool<Single> {
  constructor(kernelSize: Single, options: WindowOptions<Single> = {}) {
    super("MaxUnpool1d", 1, kernelSize, options);
  }
}

/**
 * What MaxPool2d took, at its places, and zeros elsewhere. x, indices: [batch, channels, height, width].
 * Throws UsageError for sizes that do not fit. Source: torch.nn.MaxUnpool2d.
 */
export class MaxUnpool2d extends MaxUnpool<Pair> {
  constructor(kernelSize: Pair, options: WindowOptions<Pair> = {}) {
    super("MaxUnpool2d", 2, kernelSize, options);
  }
}

/**
 * What MaxPool3d took, at its places, and zeros elsewhere. x, indices: [batch, channels, depth, height, width].
 * Throws UsageError for sizes that do not fit. Source: torch.nn.MaxUnpool3d.
 */
export class MaxUnpool3d extends MaxUnpool<Triple> {
  constructor(kernelSize: Triple, options: WindowOptions<Triple> = {}) {
    super("MaxUnpool3d", 3, kernelSize, options);
  }
}
