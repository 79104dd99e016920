// lerp: the way from a to b.

import type { Value } from "../graph/node.ts";
import type { ElementwiseRecord } from "../graph/op.ts";
import { promote, requireFloating } from "../tensor/dtype.ts";
import { apply, type Operand, withConstants } from "./define.ts";
import { broadcastTogether } from "./defineElementwise.ts";
import { mul } from "./mul.ts";
import { sub } from "./sub.ts";

const record: ElementwiseRecord<undefined> = {
  kind: "elementwise",
  name: "lerp",
  output(inputs) {
    ["a", "b", "weight"].forEach((name, k) => requireFloating("lerp", name, inputs[k]));
    return { shape: inputs[0].shape, dtype: inputs.map(({ dtype }) => dtype).reduce(promote) };
  },
  operands: () => ["f32", "f32", "f32"],
  reference: ([a, b, weight]) => (Math.abs(weight) < 0.5 ? a + weight * (b - a) : b - (b - a) * (1 - weight)),
  // From the nearer end, so that both ends are met.
  wgsl: ([a, b, weight], { f32 }) =>
    `select(${b} - (${b} - ${a}) * (1.0 - ${weight}), ${a} + ${weight} * (${b} - ${a}), abs(${weight}) < ${f32}(0.5))`,
  flops: 6,
  gradient: ({ dy, inputs: [a, b, weight] }) => [
    mul(dy, sub(1, weight)),
    mul(dy, weight),
    mul(dy, sub(b, a)),
  ],
};

/**
 * a + weight (b - a). a, b, weight: f32 or f16, or numbers; all broadcast together. Throws DtypeError for integers.
 * Source: torch.lerp.
 */
export function lerp<T extends Value>(a: T, b: Operand<T>, weight: Operand<T>): T {
  return apply(record, broadcastTogether("lerp", withConstants("lerp", [a, b, weight])), undefined);
}
