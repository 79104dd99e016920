// spectralNorm: a layer's weight divided by its largest singular value, so that the layer stretches nothing by more than 1.
//
// Decides: that the layer stays the module it was. Its `weight` becomes a value that is computed when `forward` reads it;
// the parameter behind it and the state of the power iteration stand where PyTorch's parametrizations have them.
// After Miyato et al., "Spectral Normalization for Generative Adversarial Networks" (2018).

import { hostNormal } from "../api/random.ts";
import { assignAll, type Tensor, tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import {
  cast,
  detach,
  div,
  flatten,
  matmul,
  maximum,
  mul,
  permute,
  reshape,
  sqrt,
  square,
  squeeze,
  sum,
  transpose,
  unsqueeze,
} from "../ops/index.ts";
import { requireSize } from "./arguments.ts";
import { TransposedConvolution } from "./convolution.ts";
import { type AnyModule, Module } from "./module.ts";
import { buffer } from "./parameter.ts";
import { parametrizeWeight, requireWeight } from "./parametrization.ts";

/** How `spectralNorm` measures. */
export interface SpectralNormOptions {
  /** Steps of the power iteration each time that the weight is read in training. Default 1. */
  readonly nPowerIterations?: number;
  /** Below it no length is divided by. Default 1e-12. */
  readonly eps?: number;
  /** The axis of outputs. Default 1 for transposed convolutions, else 0. */
  readonly axis?: number;
}

/** As many steps as PyTorch takes before the first use. */
const FIRST_ITERATIONS = 15;

/** The vectors of the power iteration, which are saved: _u [outputs], _v [inputs]. */
class SpectralNorm extends Module<[weight: Tensor], Tensor> {
  private readonly u: Tensor;
  private readonly v: Tensor;
  private readonly axis: number;
  private readonly iterations: number;
  private readonly eps: number;

  constructor(weight: Tensor, axis: number, iterations: number, eps: number) {
    super();
    this.axis = axis;
    this.iterations = iterations;
    this.eps = eps;
    const matrix = this.matrixOf(weight);
    const draw = (count: number) => this.unit(tensor(hostNormal(count, 0, 1), [count, 1]));
    const [rows, cols] = matrix.shape;
    const [u, v] = this.iterate(matrix, draw(rows), draw(cols), FIRST_ITERATIONS);
    this.u = buffer(reshape(u, [rows]));
    this.v = buffer(reshape(v, [cols]));
  }

  /** The weight over its largest singular value, as far as it is known; gradients flow through both. */
  forward(weight: Tensor): Tensor {
    const [u, v] = this.vectors(weight);
    // Made only now: outside of compiled functions, what was there when the vectors were assigned is a value by itself.
    const sigma = sum(mul(u, matmul(this.matrixOf(weight), v)));
    return cast(div(weight, sigma), weight.dtype);
  }

  override *parts(): Iterable<readonly [string, unknown]> {
    yield ["_u", this.u];
    yield ["_v", this.v];
  }

  /** [outputs, 1] and [inputs, 1], after the steps of this call. */
  private vectors(weight: Tensor): readonly [u: Tensor, v: Tensor] {
    const { u, v, training, iterations } = this;
    const known = [unsqueeze(u, 1), unsqueeze(v, 1)] as const;
    if (!training) return known;
    const found = this.iterate(detach(this.matrixOf(weight)), known[0], known[1], iterations);
    assignAll([
      [u, squeeze(found[0], 1)],
      [v, squeeze(found[1], 1)],
    ]);
    return [detach(found[0]), detach(found[1])];
  }

  private iterate(matrix: Tensor, u: Tensor, v: Tensor, times: number): readonly [u: Tensor, v: Tensor] {
    let [left, right] = [u, v];
    for (let step = 0; step < times; step++) {
      left = this.unit(matmul(matrix, right));
      right = this.unit(matmul(transpose(matrix), left));
    }
    return [left, right];
  }

  /** The weight as f32 [outputs, inputs and taps]. */
  private matrixOf(weight: Tensor): Tensor {
    const others = [...weight.shape.keys()].filter((axis) => axis !== this.axis);
    return flatten(permute(cast(weight, "f32"), [this.axis, ...others]), { startAxis: 1 });
  }

  private unit(vector: Tensor): Tensor {
    return div(vector, maximum(sqrt(sum(square(vector))), this.eps));
  }
}

/**
 * `module` itself, whose weight from now on is its parameter divided by the parameter's largest singular value. The value
 * is found by power iteration: `nPowerIterations` steps each time that `forward` runs in training, none in evaluation.
 * State: "parametrizations.weight.original" in the place of "weight", "parametrizations.weight.0._u" and "…0._v".
 * module: a layer with a parameter `weight` of two axes or more, such as Linear, Conv2d or ConvTranspose2d. Comes before
 * the optimizer is made, and outside of compiled functions. Throws UsageError for another module and for options out of
 * range. Source: torch.nn.utils.parametrizations.spectral_norm.
 */
export function spectralNorm<M extends AnyModule>(module: M, options: SpectralNormOptions = {}): M {
  const { nPowerIterations = 1, eps = 1e-12 } = options;
  requireSize("spectralNorm", "nPowerIterations", nPowerIterations);
  if (!(eps > 0 && Number.isFinite(eps))) {
    throw new UsageError(`spectralNorm: eps is ${eps}; it must be a finite number above 0.`);
  }
  const weight = requireWeight("spectralNorm", module);
  const { axis = module instanceof TransposedConvolution ? 1 : 0 } = options;
  requireWhole("spectralNorm: axis", axis, 0, weight.shape.length - 1);
  const norm = new SpectralNorm(weight, axis, nPowerIterations, eps).train(module.training);
  const originals = [["original", weight] as const, ["0", norm] as const];
  return parametrizeWeight(module, originals, () => norm.forward(weight));
}
