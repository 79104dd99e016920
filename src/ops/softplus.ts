// softplus: y = log(1 + e^x), a smooth relu.

import type { Value } from "../graph/node.ts";
import { defineUnary } from "./defineElementwise.ts";
import { div } from "./div.ts";
import { floating } from "./dtypeRules.ts";
import { greater } from "./greater.ts";
import { mul } from "./mul.ts";
import { sigmoid } from "./sigmoid.ts";
import { where } from "./where.ts";

/** How sharp the bend is, and from where on it counts as straight. */
export interface SoftplusOptions {
  /** What x is multiplied by, and the result divided by. Default 1. */
  readonly beta?: number;
  /** Where beta x is above this the result is x. Default 20, from where on that is so in f32 anyhow. */
  readonly threshold?: number;
}

const plain = defineUnary({
  name: "softplus",
  dtypes: floating,
  reference: ([x]) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  wgsl: ([x], { f32 }) => `select(${x}, ${f32}(0.0), ${x} < ${f32}(0.0)) + log(1.0 + exp(-abs(${x})))`,
  flops: 6,
  gradient: ({ dy, inputs: [x] }) => [mul(dy, sigmoid(x))],
});

/**
 * log(1 + e^(beta x)) / beta, safe for any size of x. x: any shape; integers count as f32.
 * Source: torch.nn.functional.softplus.
 */
export function softplus<T extends Value>(x: T, { beta = 1, threshold = 20 }: SoftplusOptions = {}): T {
  if (beta === 1 && threshold >= 20) return plain(x);
  const scaled = mul(x, beta);
  return where(greater(scaled, threshold), x, div(plain(scaled), beta));
}
