// Unflatten: one axis becomes several.

import type { Tensor } from "../api/tensor.ts";
import { unflatten } from "../ops/index.ts";
import type { Shape } from "../tensor/shape.ts";
import { Module } from "./module.ts";

/**
 * x with `axis` cut into axes of `sizes`, of which one may be -1 and is then worked out. x: any shape and dtype.
 * Throws ShapeError where they do not fit. Source: torch.nn.Unflatten.
 */
export class Unflatten extends Module {
  readonly axis: number;
  readonly sizes: Shape;

  constructor(axis: number, sizes: Shape) {
    super();
    this.axis = axis;
    this.sizes = [...sizes];
  }

  forward(x: Tensor): Tensor {
    return unflatten(x, this.axis, this.sizes);
  }
}
