// Upsample: the layer that makes images larger (or smaller).

import type { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { type InterpolateOptions, interpolate } from "../ops/index.ts";
import { Module } from "./module.ts";

/**
 * x resized behind its channels, by `size` or by `scaleFactor`. x: [batch, channels, ...sizes], f32 or f16. Throws UsageError
 * unless exactly one of both is given; see `interpolate` for the rest. Source: torch.nn.Upsample.
 */
export class Upsample extends Module {
  readonly options: InterpolateOptions;

  constructor(options: InterpolateOptions) {
    super();
    if ((options.size === undefined) === (options.scaleFactor === undefined)) {
      throw new UsageError("Upsample: exactly one of size and scaleFactor must be given.");
    }
    this.options = { ...options };
  }

  forward(x: Tensor): Tensor {
    return interpolate(x, this.options);
  }
}
