// One step of each optimizer in float64, written from the formulas as the papers and PyTorch's documentation give them.
//
// Decides: the expected value of a step, given the values before it; `step` counts from 1. Names are those of state dicts.

import { expect } from "vitest";

/** A parameter and its state before or after a step. */
export interface Moments {
  readonly p: ArrayLike<number>;
  /** Momentum of SGD. */
  readonly momentum_buffer?: ArrayLike<number>;
  readonly exp_avg?: ArrayLike<number>;
  readonly exp_avg_sq?: ArrayLike<number>;
}

export interface SGDConfig {
  readonly lr: number;
  readonly momentum?: number;
  readonly dampening?: number;
  readonly weightDecay?: number;
  readonly nesterov?: boolean;
}

export interface AdamConfig {
  readonly lr: number;
  readonly betas?: readonly [number, number];
  readonly eps?: number;
  readonly weightDecay?: number;
}

/** torch.optim.SGD. */
export function sgdStep(
  config: SGDConfig,
  step: number,
  before: Moments,
  gradient: ArrayLike<number>,
): Moments {
  const { lr, momentum = 0, dampening = 0, weightDecay = 0, nesterov = false } = config;
  const p = new Float64Array(before.p.length);
  const buffer = new Float64Array(p.length);
  for (let i = 0; i < p.length; i++) {
    const g = gradient[i] + weightDecay * before.p[i];
    buffer[i] = step === 1 ? g : momentum * (before.momentum_buffer?.[i] ?? 0) + (1 - dampening) * g;
    const direction = momentum === 0 ? g : nesterov ? g + momentum * buffer[i] : buffer[i];
    p[i] = before.p[i] - lr * direction;
  }
  return momentum === 0 ? { p } : { p, momentum_buffer: buffer };
}

/** torch.optim.Adam, or AdamW where the decay is decoupled. */
export function adamStep(
  config: AdamConfig,
  isDecoupled: boolean,
  step: number,
  before: Moments,
  gradient: ArrayLike<number>,
): Moments {
  const {
    lr,
    betas: [beta1, beta2] = [0.9, 0.999],
    eps = 1e-8,
    weightDecay = isDecoupled ? 0.01 : 0,
  } = config;
  const p = new Float64Array(before.p.length);
  const exp_avg = new Float64Array(p.length);
  const exp_avg_sq = new Float64Array(p.length);
  for (let i = 0; i < p.length; i++) {
    const g = isDecoupled ? gradient[i] : gradient[i] + weightDecay * before.p[i];
    exp_avg[i] = beta1 * (before.exp_avg?.[i] ?? 0) + (1 - beta1) * g;
    exp_avg_sq[i] = beta2 * (before.exp_avg_sq?.[i] ?? 0) + (1 - beta2) * g * g;
    const meanHat = exp_avg[i] / (1 - beta1 ** step);
    const squareHat = exp_avg_sq[i] / (1 - beta2 ** step);
    const decayed = isDecoupled ? before.p[i] * (1 - lr * weightDecay) : before.p[i];
    p[i] = decayed - (lr * meanHat) / (Math.sqrt(squareHat) + eps);
  }
  return { p, exp_avg, exp_avg_sq };
}

/** The bar of the class "optimizer step": relative 2e-6 plus 1e-7. */
export function expectStep(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]);
    // Written so that a NaN fails.
    if (!(error <= 2e-6 * Math.abs(expected[i]) + 1e-7)) {
      expect.fail(`${what}[${i}] is ${actual[i]} and should be ${expected[i]}`);
    }
  }
}

/** Numbers from -scale to scale, the same for the same seed (a linear congruential generator of Knuth's). */
export function numbers(count: number, scale: number, seed: number): Float32Array {
  let state = BigInt(seed) * 2654435761n + 1n;
  return Float32Array.from({ length: count }, () => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    return scale * (Number(state >> 40n) / 2 ** 23 - 1);
  });
}
