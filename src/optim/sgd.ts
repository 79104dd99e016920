// SGD with momentum (Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013), in
// the form of torch.optim.SGD: the rate is applied to the momentum, not put into it.

import { type Tensor, zeros } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { add, broadcastTo, cast, greater, maximum, mul, sub, where } from "../ops/index.ts";
import {
  type ClusterState,
  Optimizer,
  type OptimizerOptions,
  type ParameterGroup,
  requireOption,
  type TensorUpdate,
  type UpdateCluster,
} from "./optimizer.ts";

/** How SGD is made. */
export interface SGDOptions extends OptimizerOptions {
  /** Default 0: no momentum, and no state. */
  readonly momentum?: number;
  /** How much of each gradient but the first is kept out of the momentum. Default 0. */
  readonly dampening?: number;
  /** Adds weightDecay * p to the gradient of p. Default 0. */
  readonly weightDecay?: number;
  /** Looks one step ahead along the momentum. Default false. */
  readonly nesterov?: boolean;
}

/**
 * g += weightDecay p; b = momentum b + (1 - dampening) g, but b = g at the first step; p -= lr b, or with nesterov
 * p -= lr (g + momentum b). State: "started" (0 or 1), "<i>.momentum_buffer". Source: torch.optim.SGD.
 */
export class SGD extends Optimizer {
  private readonly momentum: number;
  private readonly dampening: number;
  private readonly weightDecay: number;
  private readonly nesterov: boolean;
  private readonly buffers: ClusterState | undefined;
  /** 0 before the first step, 1 after: what the first step does differently is decided on the GPU. */
  private readonly started: Tensor | undefined;

  /** Throws UsageError for options out of range, and for nesterov without momentum or with dampening. */
  constructor(parameters: readonly Tensor[] | readonly ParameterGroup[], options: SGDOptions = {}) {
    super(parameters, options);
    const { momentum = 0, dampening = 0, weightDecay = 0, nesterov = false } = options;
    requireOption("SGD", "momentum", momentum, momentum >= 0, "from 0");
    requireOption("SGD", "dampening", dampening, true, "");
    requireOption("SGD", "weightDecay", weightDecay, weightDecay >= 0, "from 0");
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      throw new UsageError(
        `SGD: nesterov is set, momentum is ${momentum} and dampening ${dampening}; ` +
          "it needs a momentum above 0 and no dampening.",
      );
    }
    this.momentum = momentum;
    this.dampening = dampening;
    this.weightDecay = weightDecay;
    this.nesterov = nesterov;
    const { engine } = this.parameters[0];
    const hasMomentum = momentum !== 0;
    this.buffers = hasMomentum ? this.zeroState() : undefined;
    this.started = hasMomentum && dampening !== 0 ? zeros([], { engine, name: "started" }) : undefined;
  }

  protected updates(gradients: readonly Tensor[]): TensorUpdate[] {
    const updates = this.clusters.flatMap((cluster, index) =>
      this.updatesOf(cluster, gradients[index], this.buffers?.values[index]),
    );
    if (this.started !== undefined) updates.push([this.started, maximum(this.started, 1)]);
    return updates;
  }

  protected *state(): Iterable<readonly [string, Tensor]> {
    if (this.started !== undefined) yield ["started", this.started];
    for (const [index, buffer] of (this.buffers?.parts ?? []).entries()) {
      yield [`${index}.momentum_buffer`, buffer];
    }
  }

  private updatesOf(
    { value: parameter, weightDecay = this.weightDecay }: UpdateCluster,
    gradient: Tensor,
    buffer: Tensor | undefined,
  ): TensorUpdate[] {
    const p = cast(parameter, "f32");
    const raw = cast(gradient, "f32");
    const g = weightDecay === 0 ? raw : add(raw, mul(p, weightDecay));
    const b = buffer === undefined ? undefined : this.advance(buffer, g);
    const direction = b === undefined ? g : this.nesterov ? add(g, mul(b, this.momentum)) : b;
    const next = cast(sub(p, mul(direction, this.rate)), parameter.dtype);
    return buffer === undefined || b === undefined
      ? [[parameter, next]]
      : [
          [parameter, next],
          [buffer, b],
        ];
  }

  private advance(buffer: Tensor, g: Tensor): Tensor {
    const kept = mul(buffer, this.momentum);
    if (this.started === undefined) return add(kept, g);
    const hasStarted = greater(broadcastTo(this.started, g.shape), 0);
    return add(kept, where(hasStarted, mul(g, 1 - this.dampening), g));
  }
}
