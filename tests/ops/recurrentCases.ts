// Sequences that are run through, and differentiated twice in float64; on the GPU once, for steps take pipelines.

import { test } from "vitest";
import type { Value } from "../../src/graph/node.ts";
import type { RecurrentOptions, RecurrentWeights } from "../../src/ops/index.ts";
import { normalised } from "./families.ts";
import { checkOnGpu } from "./gpuCase.ts";
import { checkSecondGradient, type InputSpec, type OpCase } from "./opCase.ts";

type Network = <T extends Value>(
  x: T,
  weights: readonly RecurrentWeights<T>[],
  options: RecurrentOptions<T> & { readonly cell?: T },
) => { readonly output: T };

/** Gradients of gradients of `network`: forward from given states, and backward from zeros, with lengths. */
export function testTwiceDifferentiated(name: string, gates: number, network: Network, states: number): void {
  const own: InputSpec[] = [
    { shape: [2 * gates, 2], low: -1, high: 1 },
    { shape: [2 * gates, 2], low: -1, high: 1 },
    { shape: [2 * gates], low: -1, high: 1 },
  ];
  const x: InputSpec = { shape: [2, 2, 2] };
  const cases: OpCase[] = [
    {
      name: "from given states",
      inputs: [x, ...own, ...Array.from({ length: states }, () => ({ shape: [1, 2, 2] }))],
      apply: (x, weightIh, weightHh, biasHh, hidden, cell) =>
        network(x, [{ weightIh, weightHh, biasHh }], states === 2 ? { hidden, cell } : { hidden }).output,
      tolerance: normalised,
    },
    {
      name: "both directions, with lengths",
      inputs: [x, ...own, { shape: [2], dtype: "i32", values: [1, 2] }],
      apply: (x, weightIh, weightHh, biasHh, lengths) => {
        const side = { weightIh, weightHh, biasHh };
        return network(x, [side, side], { bidirectional: true, lengths }).output;
      },
      tolerance: normalised,
    },
  ];
  if (__GPU__) {
    test(`${name}: GPU`, () => checkOnGpu(cases.slice(0, 1)));
    return;
  }
  test.each(cases)(`${name} differentiated twice, $name`, (one) => checkSecondGradient(one));
}
