// Muon (Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024): the momentum of a matrix, made
// nearly orthogonal. What is no matrix is AdamW's, as its authors have it.
//
// Decides: that matrices are packed apart from the rest; that momentum and step of a pack are one dispatch each, and
// only the products of the iteration are made matrix by matrix.

import { gather } from "../api/pack.ts";
import type { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import {
  add,
  broadcastTo,
  cast,
  div,
  matmul,
  maximum,
  mul,
  permute,
  reshape,
  slice,
  sqrt,
  sub,
  sum,
} from "../ops/index.ts";
import { Adam } from "./adam.ts";
import { towards } from "./elementwiseOptimizer.ts";
import {
  type ClusterState,
  type OptimizerOptions,
  type ParameterGroup,
  requireOption,
  type TensorUpdate,
  weightDecayOf,
} from "./optimizer.ts";

/** How Muon is made. */
export interface MuonOptions extends OptimizerOptions {
  /** p *= 1 - lr weightDecay, of all parameters. Default 0.1. */
  readonly weightDecay?: number;
  /** How much of the momentum each step keeps. Default 0.95. */
  readonly momentum?: number;
  /** Looks one step ahead along the momentum. Default true. */
  readonly nesterov?: boolean;
  /** Of the iteration x = a x + (b s + c s s) x, s = x xT. Default [3.4445, -4.775, 2.0315]. */
  readonly nsCoefficients?: readonly [a: number, b: number, c: number];
  /** How often it is done. Default 5. */
  readonly nsSteps?: number;
  /** The least norm that a momentum is divided by. Default 1e-7. */
  readonly eps?: number;
  /**
   * What the rate of an [m, n] matrix is multiplied by: sqrt(max(1, m / n)), or 0.2 sqrt(max(m, n)), which makes steps
   * as large as AdamW's. Default "original".
   */
  readonly adjustLr?: "original" | "matchRmsAdamW";
  /** Matrices that are AdamW's all the same: embeddings, and the last layer. Default none. */
  readonly adamW?: readonly Tensor[];
  /** The rate of what is AdamW's, as a part of `lr`. Default 1 with matchRmsAdamW, else 0.015: 3e-4 where lr is 0.02. */
  readonly adamWLrFactor?: number;
  /** AdamW's. Default [0.9, 0.95]. */
  readonly betas?: readonly [first: number, second: number];
}

/**
 * b += (1 - momentum) (g - b); x = b, or with nesterov g + momentum (b - g); p *= 1 - lr weightDecay; p -= lr adjusted o,
 * where o is x over its norm after nsSteps of the iteration, all in f32 (PyTorch has o in bfloat16). State, all f32:
 * "corrections" [4]; of matrices "<i>.momentum_buffer"; of others, which are AdamW's with an eps of 1e-10, "<i>.exp_avg" and
 * "<i>.exp_avg_sq". Source: torch.optim.Muon, and MuonWithAuxAdam of github.com/KellerJordan/Muon.
 */
export class Muon extends Adam {
  private readonly settings: Required<
    Pick<MuonOptions, "momentum" | "nesterov" | "nsCoefficients" | "nsSteps">
  >;
  private readonly least: number;
  private readonly adjust: (m: number, n: number) => number;
  private readonly buffers: ClusterState;

  /** Throws UsageError for options out of range. */
  constructor(parameters: readonly Tensor[] | readonly ParameterGroup[], options: MuonOptions = {}) {
    const {
      momentum = 0.95,
      nesterov = true,
      nsCoefficients = [3.4445, -4.775, 2.0315],
      nsSteps = 5,
    } = options;
    const { eps = 1e-7, adjustLr = "original", adamW = [], betas = [0.9, 0.95] } = options;
    const factor = options.adamWLrFactor ?? (adjustLr === "original" ? 0.015 : 1);
    requireOption("Muon", "momentum", momentum, momentum >= 0 && momentum < 1, "from 0 and below 1");
    requireOption("Muon", "eps", eps, eps >= 0, "from 0");
    requireOption("Muon", "adamWLrFactor", factor, factor >= 0, "from 0");
    requireWhole("Muon: nsSteps", nsSteps, 1, 99);
    if (adjustLr !== "original" && adjustLr !== "matchRmsAdamW") {
      throw new UsageError(`Muon: adjustLr is ${adjustLr}; it must be original or matchRmsAdamW.`);
    }
    const others = new Set(adamW);
    const adam = { ...options, betas, eps: 1e-10, weightDecay: options.weightDecay ?? 0.1 };
    super(parameters, adam, "parameter", {
      isApart: (parameter) => parameter.shape.length === 2 && parameter.size > 0 && !others.has(parameter),
      lrFactor: factor,
    });
    this.settings = { momentum, nesterov, nsCoefficients, nsSteps };
    this.least = eps;
    this.adjust = (m, n) =>
      adjustLr === "original" ? Math.sqrt(Math.max(1, m / n)) : 0.2 * Math.sqrt(Math.max(m, n));
    this.buffers = this.zeroState(this.isApart);
  }

  protected override *state(): Iterable<readonly [string, Tensor]> {
    yield* super.state();
    for (const index of this.parameters.keys()) {
      const buffer = this.buffers.parts[index];
      if (buffer !== undefined) yield [`${index}.momentum_buffer`, buffer];
    }
  }

  protected override updatesApart(index: number, gradient: Tensor): TensorUpdate[] {
    const { momentum, nesterov } = this.settings;
    const cluster = this.clusters[index];
    const { value: parameter } = cluster;
    const g = cast(gradient, "f32");
    const b = towards(this.buffers.values[index], g, 1 - momentum);
    const x = nesterov ? towards(g, b, momentum) : b;
    const steps: Tensor[] = [];
    let start = 0;
    for (const member of cluster.members) {
      const { shape, size } = this.parameters[member];
      const own = cluster.isPack ? reshape(slice(x, { starts: [start], ends: [start + size] }), shape) : x;
      steps[member] = mul(this.orthogonal(own), this.adjust(shape[0], shape[1]));
      start += size;
    }
    const lr = broadcastTo(this.rate, parameter.shape);
    const kept = mul(cast(parameter, "f32"), sub(1, mul(lr, weightDecayOf(cluster, this.weightDecay))));
    const next = sub(kept, mul(lr, gather(cluster, steps)));
    return [
      [this.buffers.values[index], b],
      [parameter, cast(next, parameter.dtype)],
    ];
  }

  /** `given` [m, n] with singular values near 1, by the iteration of Newton and Schulz on its shorter side. */
  private orthogonal(given: Tensor): Tensor {
    const { nsCoefficients, nsSteps } = this.settings;
    const [a, b, c] = nsCoefficients;
    const isTall = given.shape[0] > given.shape[1];
    const flat = isTall ? permute(given, [1, 0]) : given;
    let x = div(flat, maximum(sqrt(sum(mul(flat, flat))), this.least));
    for (let step = 0; step < nsSteps; step++) {
      const s = matmul(x, permute(x, [1, 0]));
      x = add(mul(x, a), matmul(add(mul(s, b), mul(matmul(s, s), c)), x));
    }
    return isTall ? permute(x, [1, 0]) : x;
  }
}
