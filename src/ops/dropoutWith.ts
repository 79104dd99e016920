// dropoutWith: zeros some elements and scales the rest, by a mask that is computed again wherever it is needed.

import library from "../../shaders/lib/threefry.wgsl?raw";
import { UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import type { ElementwiseRecord } from "../graph/op.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { apply } from "./define.ts";
import { type RandomKey, uniformAt } from "./randomUniform.ts";

const record: ElementwiseRecord<{ p: number }> = {
  kind: "elementwise",
  name: "dropoutWith",
  usesIndex: true,
  output: ([x]) => x,
  operands: () => ["f32", "u32", "u32", "u32"],
  reference: ([x, seed, stream, step], { p }, index) =>
    uniformAt(seed, stream, step, index) < p ? 0 : x / (1 - p),
  wgsl([x, seed, stream, step], { call, f32, u32, index }, { p }) {
    const bits = call("threefry", seed, stream, step, index);
    // Compared as integers, which is exact: uniform < p means bits / 2^24 < p.
    const isDropped = `(${bits} >> ${u32}(8u)) < ${u32}(${Math.ceil(p * 2 ** 24)}u)`;
    return `select(${x} * ${f32}(${toWgsl(1 / (1 - p))}), ${f32}(0.0), ${isDropped})`;
  },
  libraries: [library],
  flops: 70,
  gradient: ({ dy, inputs: [, seed, stream, step], attrs: { p } }) => [
    dropoutWith(dy, { seed, stream, step }, p),
  ],
};

function toWgsl(value: number): string {
  return `${Math.fround(value)}f`;
}

/**
 * x with each element zero with probability p and else divided by 1 - p. x: f32 or f16, any shape.
 * Throws UsageError unless 0 <= p < 1. Source: Srivastava et al. 2014.
 */
export function dropoutWith<T extends Value>(x: T, { seed, stream, step }: RandomKey<T>, p: number): T {
  requireFloating("dropout", "x", x);
  if (!(p >= 0 && p < 1)) throw new UsageError(`dropout: p is ${p}; it must be at least 0 and below 1.`);
  if (p === 0) return x;
  const key = [seed, stream, step].map((value) => broadcastTo(value, x.shape));
  return apply(record, [x, ...key], { p });
}
