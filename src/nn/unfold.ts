// Unfold and Fold: pictures as columns of windows, and back.

import type { Tensor } from "../api/tensor.ts";
import { type ColumnsOptions, col2im, im2col } from "../ops/index.ts";
import { requireEach, requireSliding } from "../ops/slidingWindow.ts";
import type { Pair } from "../ops/window.ts";
import { Module } from "./module.ts";

/**
 * The windows of pictures as columns, see `im2col`. x: [batch, channels, height, width]; y: [batch, channels * kernel y *
 * kernel x, places]. Throws UsageError for sizes that are none. Source: torch.nn.Unfold.
 */
export class Unfold extends Module {
  readonly kernelSize: Pair;
  readonly options: ColumnsOptions;

  constructor(kernelSize: Pair, options: ColumnsOptions = {}) {
    super();
    requireWindow("Unfold", kernelSize, options);
    this.kernelSize = kernelSize;
    this.options = { ...options };
  }

  forward(x: Tensor): Tensor {
    return im2col(x, this.kernelSize, this.options);
  }
}

/**
 * Pictures of `outputSize`, in which columns of windows are added up, see `col2im`. x: [batch, channels * kernel y * kernel x,
 * places], f32 or f16; y: [batch, channels, height, width]. Throws UsageError for sizes that are none. Source:
 * torch.nn.Fold.
 */
export class Fold extends Module {
  readonly outputSize: Pair;
  readonly kernelSize: Pair;
  readonly options: ColumnsOptions;

  constructor(outputSize: Pair, kernelSize: Pair, options: ColumnsOptions = {}) {
    super();
    requireEach("Fold", "outputSize", outputSize, 2, 1);
    requireWindow("Fold", kernelSize, options);
    this.outputSize = outputSize;
    this.kernelSize = kernelSize;
    this.options = { ...options };
  }

  forward(x: Tensor): Tensor {
    return col2im(x, this.outputSize, this.kernelSize, this.options);
  }
}

function requireWindow(layer: string, kernelSize: Pair, options: ColumnsOptions): void {
  requireSliding(layer, requireEach(layer, "kernelSize", kernelSize, 2, 1), options);
}
