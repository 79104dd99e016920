// Distributions made of numbers evenly spread over [0, 1), each by the inverse of its distribution function.
//
// Even numbers are multiples of 2^-24, 0 included. Here they are taken to stand for the middle of their step, as far as f32
// holds it, so that none stands for 0 or 1, where inverses are infinite.

import type { Value } from "../graph/node.ts";
import { add } from "./add.ts";
import { cast } from "./cast.ts";
import { clamp } from "./clamp.ts";
import { erfFloat64 } from "./erf.ts";
import { erfInv } from "./erfInv.ts";
import { less } from "./less.ts";
import { log } from "./log.ts";
import { log1p } from "./log1p.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";

/** The step of even numbers. */
const STEP = 2 ** -24;

/** Normal numbers of mean 0 and deviation 1, at most 5.42 from 0. `even`: f32, any shape. */
export function normalOf<T extends Value>(even: T): T {
  // 2 (even + STEP / 2) - 1, which f32 holds exactly: even + STEP / 2 it would round to 1.
  return mul(erfInv(add(mul(even, 2), STEP - 1)), Math.SQRT2);
}

/** Where normal numbers are cut off. */
export interface NormalRange {
  readonly mean: number;
  readonly std: number;
  readonly a: number;
  readonly b: number;
}

/** Normal numbers of those that lie between a and b. `even`: f32, any shape. */
export function truncatedNormalOf<T extends Value>(even: T, { mean, std, a, b }: NormalRange): T {
  const scale = std * Math.SQRT2;
  const [low, high] = [a, b].map((end) => erfFloat64((end - mean) / scale));
  const spread = add(mul(even, high - low), low + ((high - low) * STEP) / 2);
  const drawn = erfInv(clamp(spread, { min: STEP - 1, max: 1 - STEP }));
  return clamp(add(mul(drawn, scale), mean), { min: a, max: b });
}

/** Exponential numbers of rate 1, from 2^-25 to 16.7. `even`: f32, any shape. */
export function exponentialOf<T extends Value>(even: T): T {
  // From 1/2 on f32 does not hold the middles.
  const middle = add(even, mul(cast(less(even, 0.5), "f32"), STEP / 2));
  return neg(log1p(neg(middle)));
}

/** Numbers of Gumbel's distribution of extremes, at 0 and of scale 1, from -2.9 to 17.4. `even`: f32, any shape. */
export function gumbelOf<T extends Value>(even: T): T {
  return neg(log(exponentialOf(even)));
}
