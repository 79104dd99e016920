// Sequential: modules one after the other.

import type { Tensor } from "../api/tensor.ts";
import { withScope } from "../base/scope.ts";
import { Module } from "./module.ts";

/**
 * y = last(… second(first(x))). Paths of parameters are "0.weight", "1.bias", …; nodes of graphs and plans carry the
 * number of their layer. Source: torch.nn.Sequential.
 */
export class Sequential extends Module {
  readonly layers: readonly Module[];

  constructor(...layers: Module[]) {
    super();
    this.layers = layers;
  }

  forward(x: Tensor): Tensor {
    let y = x;
    this.layers.forEach((layer, index) => {
      const input = y;
      y = withScope(String(index), () => layer.forward(input));
    });
    return y;
  }

  override parts(): Iterable<readonly [string, unknown]> {
    return Object.entries(this.layers);
  }
}
