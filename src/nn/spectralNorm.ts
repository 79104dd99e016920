// spectralNorm: a layer's weight divided by its largest singular value, so that the layer stretches nothing by more than 1.
//
// Decides: that the layer stays the module it was. Its `weight` becomes a value that is computed when `forward` reads it;
// the parameter behind it and the state of the power iteration stand where PyTorch's parametrizations have them.
// After Miyato et al., "Spectral Normalization for Generative Adversarial Networks" (2018).

import { hostNormal } from "../api/random.ts";
import { assignAll, type Tensor, tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
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
import { ConvTranspose2d } from "./convTranspose2d.ts";
import { type AnyModule, Module } from "./module.ts";
import { buffer, isParameter } from "./parameter.ts";

/** How `spectralNorm` measures. */
export interface SpectralNormOptions {
  /** Steps of the power iteration each time that the weight is read in training. Default 1. */
  readonly nPowerIterations?: number;
  /** Below it no length is divided by. Default 1e-12. */
  readonly eps?: number;
  /** The axis of outputs. Default 1 for ConvTranspose2d, else 0. */
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

/** What PyTorch calls the list of a weight's parametrizations; here there is one. */
class Parametrized extends Module<[], Tensor> {
  private readonly original: Tensor;
  private readonly norm: SpectralNorm;

  constructor(original: Tensor, norm: SpectralNorm) {
    super();
    this.original = original;
    this.norm = norm;
  }

  forward(): Tensor {
    return this.norm.forward(this.original);
  }

  override *parts(): Iterable<readonly [string, unknown]> {
    yield ["original", this.original];
    yield ["0", this.norm];
  }
}

/** The parametrized weights of a module, by name. */
class Parametrizations extends Module<[], Tensor> {
  private readonly weight: Parametrized;

  constructor(weight: Parametrized) {
    super();
    this.weight = weight;
  }

  forward(): Tensor {
    return this.weight.forward();
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
  const weight = requireWeight(module);
  const { axis = module instanceof ConvTranspose2d ? 1 : 0 } = options;
  if (!Number.isInteger(axis) || axis < 0 || axis >= weight.shape.length) {
    throw new UsageError(
      `spectralNorm: axis is ${axis}; it must be a whole number from 0 to ${weight.shape.length - 1}.`,
    );
  }
  const norm = new SpectralNorm(weight, axis, nPowerIterations, eps).train(module.training);
  const parametrizations = new Parametrizations(new Parametrized(weight, norm));
  Object.defineProperty(module, "weight", { get: () => parametrizations.forward(), enumerable: false });
  Object.defineProperty(module, "parametrizations", { value: parametrizations, enumerable: true });
  return module;
}

function requireWeight(module: AnyModule): Tensor {
  const value: unknown = Object.getOwnPropertyDescriptor(module, "weight")?.value;
  // A module that names its parts itself would go on naming the weight.
  const isPlain = module.parts === Module.prototype.parts;
  if (isPlain && isWeight(value)) return value;
  throw new UsageError(
    `spectralNorm: ${module.constructor.name} has no parameter "weight" of two axes or more, or has one that is ` +
      "normalised already; it must be a layer such as Linear, Conv2d or ConvTranspose2d.",
  );
}

function isWeight(value: unknown): value is Tensor {
  return (
    value instanceof Object &&
    "shape" in value &&
    isParameter(value as Tensor) &&
    (value as Tensor).shape.length >= 2
  );
}
