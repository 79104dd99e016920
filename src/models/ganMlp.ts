// GanMlp: the small network of generative adversarial networks on points (Goodfellow et al., "Generative adversarial
// networks", 2014): a generator from a latent to a point, or a discriminator from a point to a score.
//
// Decides: layers and activation. Leaves the loss, and so what a score means, to whoever trains.

import type { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { withScope } from "../base/scope.ts";
import { requireSize } from "../nn/arguments.ts";
import { Linear, Module } from "../nn/nn.ts";
import { leakyRelu, relu, tanh } from "../ops/index.ts";

export const GAN_MLP_ACTIVATIONS = ["tanh", "relu", "leakyRelu"] as const;
export type GanMlpActivation = (typeof GAN_MLP_ACTIVATIONS)[number];

/** How a GanMlp is made. */
export interface GanMlpOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** Width of each hidden layer, in order; none makes the network linear. */
  readonly hidden: readonly number[];
  /** Behind each hidden layer. Default "leakyRelu". */
  readonly activation?: GanMlpActivation;
  /** Of leakyRelu, below 0. Default 0.2. */
  readonly negativeSlope?: number;
}

/**
 * x: [..., inputs], f32 or f16; y: [..., outputs], without an activation at the end. Parameters: "layers.<i>.weight" and
 * "layers.<i>.bias", as of nn.Linear. Throws UsageError for sizes that are no whole numbers from 1, and for an
 * activation that does not exist.
 */
export class GanMlp extends Module {
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: GanMlpActivation;
  readonly negativeSlope: number;
  readonly layers: readonly Linear[];

  constructor({ inputs, outputs, hidden, activation = "leakyRelu", negativeSlope = 0.2 }: GanMlpOptions) {
    super();
    requireSize("GanMlp", "inputs", inputs);
    requireSize("GanMlp", "outputs", outputs);
    hidden.forEach((width, index) => {
      requireSize("GanMlp", `hidden[${index}]`, width);
    });
    if (!GAN_MLP_ACTIVATIONS.includes(activation)) {
      throw new UsageError(
        `GanMlp: activation is "${activation}"; it must be one of ${GAN_MLP_ACTIVATIONS.join(", ")}.`,
      );
    }
    this.inputs = inputs;
    this.outputs = outputs;
    this.activation = activation;
    this.negativeSlope = negativeSlope;
    const sizes = [inputs, ...hidden, outputs];
    this.layers = sizes.slice(1).map((size, index) => new Linear(sizes[index], size));
  }

  forward(x: Tensor): Tensor {
    const last = this.layers.length - 1;
    return this.layers.reduce((value, layer, index) => {
      const y = withScope(`layers.${index}`, () => layer.forward(value));
      return index === last ? y : this.activate(y);
    }, x);
  }

  private activate(x: Tensor): Tensor {
    if (this.activation === "tanh") return tanh(x);
    return this.activation === "relu" ? relu(x) : leakyRelu(x, { negativeSlope: this.negativeSlope });
  }
}
