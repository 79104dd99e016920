// TransformerEncoder: encoder layers one after the other, and a norm behind the last.

import type { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { withScope } from "../base/scope.ts";
import { requireSize } from "./arguments.ts";
import { Module } from "./module.ts";
import type { LayerNorm } from "./normalization.ts";
import type { TransformerEncoderInputs, TransformerEncoderLayer } from "./transformerEncoderLayer.ts";

/** How a TransformerEncoder is made. */
export interface TransformerEncoderOptions {
  /** How many layers a function is asked for; a list needs no number. */
  readonly numLayers?: number;
  /** What the last layer's result goes through: wanted where layers have their norms first. Default: nothing. */
  readonly norm?: LayerNorm;
}

/**
 * norm(last(… second(first(src)))), each layer with the same masks. src: [batch, length, dModel], f32 or f16; the
 * result is of the same shape. `layers` is a list, or a function that makes layer `index` and is called `numLayers`
 * times: each layer has first values of its own, where PyTorch copies one layer's. Parameters: layers.0.*,
 * layers.1.*, …, norm.*. Throws UsageError for a function without a number, a list with another one, or no layer.
 * Source: torch.nn.TransformerEncoder.
 */
export class TransformerEncoder extends Module<[src: Tensor, inputs?: TransformerEncoderInputs]> {
  readonly layers: readonly TransformerEncoderLayer[];
  readonly norm: LayerNorm | undefined;

  constructor(
    layers: readonly TransformerEncoderLayer[] | ((index: number) => TransformerEncoderLayer),
    { numLayers, norm }: TransformerEncoderOptions = {},
  ) {
    super();
    this.layers = typeof layers === "function" ? made(layers, numLayers) : listed(layers, numLayers);
    this.norm = norm;
  }

  forward(src: Tensor, inputs: TransformerEncoderInputs = {}): Tensor {
    let x = src;
    this.layers.forEach((layer, index) => {
      const input = x;
      x = withScope(`layers.${index}`, () => layer.forward(input, inputs));
    });
    return this.norm === undefined ? x : this.norm.forward(x);
  }
}

function made(make: (index: number) => TransformerEncoderLayer, numLayers: number | undefined) {
  if (numLayers === undefined)
    throw new UsageError("TransformerEncoder: a function without numLayers; say how many layers it makes.");
  requireSize("TransformerEncoder", "numLayers", numLayers);
  return Array.from({ length: numLayers }, (_, index) => make(index));
}

function listed(layers: readonly TransformerEncoderLayer[], numLayers: number | undefined) {
  requireSize("TransformerEncoder", "the number of layers", layers.length);
  if (numLayers !== undefined && numLayers !== layers.length)
    throw new UsageError(
      `TransformerEncoder: numLayers is ${numLayers} for a list of ${layers.length}; leave it out for a list.`,
    );
  return [...layers];
}
