// detach: a value as it is, through which no gradient passes.

import type { Value } from "../graph/node.ts";
import { reshapeLayout } from "../tensor/layout.ts";
import { apply, defineView } from "./define.ts";

const record = defineView<undefined>({
  name: "detach",
  output: ([x]) => x,
  layout: (input) => reshapeLayout(input, input.shape),
  preservesOrder: true,
  // Gradients have been taken by the time plans are made.
  simplify: ({ inputs: [x] }) => x,
});

/**
 * x, counted as a constant by gradients: what is computed from it does not depend on what x was computed from. Costs
 * nothing. In a compiled function a parameter that an optimizer has stepped depends on all that the step's loss
 * depended on; detach what a later loss must not reach through it. Source: torch.Tensor.detach; it is what JAX and
 * TensorFlow call stopGradient.
 */
export function detach<T extends Value>(x: T): T {
  return apply(record, [x], undefined);
}
