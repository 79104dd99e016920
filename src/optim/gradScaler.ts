// GradScaler: a loss is scaled up so that its gradients do not vanish in f16, and the scale finds its own size.
//
// Decides: when a step is left out (a gradient is infinite or NaN), and how the scale grows and shrinks; all of it on the
// GPU, as part of the plan, without reading anything back. Leaves the update to the optimizer, which takes a factor.
// After Micikevicius et al., "Mixed Precision Training" (2018).

import { type Engine, requireEngine } from "../api/engine.ts";
import { gradients } from "../api/grad.ts";
import { loadState, type StateSource } from "../api/loadState.ts";
import { assignAll, type Tensor, tensor } from "../api/tensor.ts";
import type { Trace } from "../api/trace.ts";
import { UsageError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import { withScope } from "../base/scope.ts";
import {
  add,
  cast,
  div,
  greater,
  greaterEqual,
  isFinite as isFiniteOf,
  lessEqual,
  logicalNot,
  mul,
  sum,
  where,
} from "../ops/index.ts";
import { type Optimizer, requireOption } from "./optimizer.ts";

/** How a scale begins and changes. */
export interface GradScalerOptions {
  /** The first scale, from 2^-126 to 2^126. Default 65536. */
  readonly initScale?: number;
  /** What the scale is multiplied by after `growthInterval` steps in a row without an infinite or NaN gradient. Default 2. */
  readonly growthFactor?: number;
  /** What the scale is multiplied by after a step that was left out. Default 0.5. */
  readonly backoffFactor?: number;
  /** Default 2000. */
  readonly growthInterval?: number;
  /** Default: the engine that `init` made. */
  readonly engine?: Engine;
}

/** The largest scale: 1 / scale is still a normal number. */
const MAX_SCALE = 2 ** 126;

/**
 * Dynamic scaling of a loss: in each step `scaler.step(optimizer, loss)`, then `scaler.update()`. A step whose gradients
 * are not all finite changes neither parameters nor anything that the optimizer keeps, and lowers the scale. State:
 * "scale" and "growth_tracker", f32 scalars on the GPU. Source: torch.amp.GradScaler.
 */
export class GradScaler {
  private readonly growthFactor: number;
  private readonly backoffFactor: number;
  private readonly growthInterval: number;
  private readonly current: Tensor;
  /** Steps in a row that were made. */
  private readonly streak: Tensor;
  /** How many values were not finite in each step since the last update. */
  private found: Tensor[] = [];
  private foundIn: Trace | undefined;

  /** Throws UsageError for options out of range. */
  constructor({
    initScale = 65536,
    growthFactor = 2,
    backoffFactor = 0.5,
    growthInterval = 2000,
    engine = requireEngine("GradScaler"),
  }: GradScalerOptions = {}) {
    const isScale = initScale >= 1 / MAX_SCALE && initScale <= MAX_SCALE;
    requireOption("GradScaler", "initScale", initScale, isScale, "from 2^-126 to 2^126");
    requireOption("GradScaler", "growthFactor", growthFactor, growthFactor > 1, "above 1");
    const isBackoff = backoffFactor > 0 && backoffFactor < 1;
    requireOption("GradScaler", "backoffFactor", backoffFactor, isBackoff, "above 0 and below 1");
    requireWhole("GradScaler: growthInterval", growthInterval, 1);
    this.growthFactor = growthFactor;
    this.backoffFactor = backoffFactor;
    this.growthInterval = growthInterval;
    this.current = tensor([initScale], [], { engine, name: "scale" });
    this.streak = tensor([0], [], { engine, name: "growth_tracker" });
  }

  /** The scale, as it is after all steps asked for so far. */
  getScale(options: { readonly signal?: AbortSignal } = {}): Promise<number> {
    return this.current.item(options);
  }

  /** `value` times the scale: f32, of the same shape. */
  scale(value: Tensor): Tensor {
    return mul(cast(value, "f32"), this.current);
  }

  /** One step of `optimizer` on the gradients of `loss`, which is not scaled yet; throws as `Optimizer.step` does. */
  step(optimizer: Optimizer, loss: Tensor): void {
    this.applyGradients(optimizer, gradients(this.scale(loss), optimizer.parameters));
  }

  /** The same with gradients of a loss that was scaled, one for each parameter; throws as `Optimizer.applyGradients` does. */
  applyGradients(optimizer: Optimizer, scaled: readonly Tensor[]): void {
    optimizer.applyGradients(scaled, { factor: (gathered) => this.factorFor(gathered) });
  }

  /**
   * What undoes the scale for gradients of a scaled loss; 0 where one of them is not finite. What is found counts at the
   * next `update()`. For `Optimizer.applyGradients`.
   */
  factorFor(scaled: readonly Tensor[]): Tensor {
    const { trace } = this.current.engine;
    if (this.foundIn !== trace) this.found = [];
    this.foundIn = trace;
    const counts = scaled.map((gradient) => sum(cast(logicalNot(isFiniteOf(gradient)), "f32")));
    const found = counts.reduce((total, next) => add(total, next));
    this.found.push(found);
    return where(greater(found, 0), 0, div(1, this.current));
  }

  /** Adapts the scale to the steps since the last update. Throws UsageError where there were none. */
  update(): void {
    const { found, current, streak, growthInterval } = this;
    if (found.length === 0 || this.foundIn !== current.engine.trace) {
      throw new UsageError("GradScaler.update: no step came before it; call step(optimizer, loss) first.");
    }
    this.found = [];
    withScope("scaler", () => {
      const isLeftOut = greater(
        found.reduce((total, next) => add(total, next)),
        0,
      );
      const made = add(streak, 1);
      const isDue = greaterEqual(made, growthInterval);
      const grown = mul(current, this.growthFactor);
      const kept = where(isDue, where(lessEqual(grown, MAX_SCALE), grown, current), current);
      assignAll([
        [current, where(isLeftOut, mul(current, this.backoffFactor), kept)],
        [streak, where(isLeftOut, 0, where(isDue, 0, made))],
      ]);
    });
  }

  /** What a run needs to go on as if it had not stopped: the live tensors, not copies. */
  stateDict(): Map<string, Tensor> {
    return new Map([
      ["scale", this.current],
      ["growth_tracker", this.streak],
    ]);
  }

  /** Writes `state`. Throws UsageError and ShapeError, naming what does not fit, before anything is written. */
  loadStateDict(state: StateSource): void {
    loadState(this.stateDict(), state);
  }

  /** Gives the memory of the state back. */
  dispose(): void {
    this.current.dispose();
    this.streak.dispose();
  }
}
