// gru: a GRU over whole sequences.

import type { Value } from "../graph/node.ts";
import { gruElement, gruStep, gruStepGradient } from "./gruStep.ts";
import { defineRecurrence } from "./recurrence.ts";
import { type RecurrentOptions, type RecurrentWeights, runLayers } from "./recurrentLayers.ts";
import type { RnnResult } from "./rnn.ts";
import { unsqueeze } from "./squeeze.ts";

const recurrence = defineRecurrence({
  name: "gru",
  gates: 3,
  states: 1,
  joins: false,
  step: ({ sums, x, past: [h] }) => unsqueeze(gruStep(x, sums, h), 0),
  stepGradient: ({ sums, x, past: [h], pull: [dy] }) => gruStepGradient(x, sums, h, dy),
  parts: { x: 0, sums: 3, past: [6] },
  element: (sums, x, [h]) => [gruElement(x, sums, h)],
});

/**
 * A GRU (see gruCell) over sequences. x: [steps, batch, features], f32 or f16; `weights`: those of each layer, of both
 * directions one after the other where there are two, in PyTorch's order; output: [steps, batch, directions width]; hidden:
 * [layers directions, batch, width]. With `lengths` it is what packed sequences give: a sequence's state ends with it,
 * backwards it begins at its own end, and output is 0 beyond.
 * Throws ShapeError, DtypeError or UsageError where inputs or options do not fit. Source: torch.nn.GRU.
 */
export function gru<T extends Value>(
  x: T,
  weights: readonly RecurrentWeights<T>[],
  options: RecurrentOptions<T> = {},
): RnnResult<T> {
  const { output, states } = runLayers("gru", recurrence, x, weights, { hidden: options.hidden }, options);
  return { output, hidden: states[0] };
}
