// lstm: an LSTM over whole sequences.

import type { Value } from "../graph/node.ts";
import type { LstmState } from "./lstmCell.ts";
import { lstmElement, lstmStep, lstmStepGradient } from "./lstmStep.ts";
import { defineRecurrence } from "./recurrence.ts";
import { type RecurrentOptions, type RecurrentWeights, runLayers } from "./recurrentLayers.ts";

/** How sequences are run through; `hidden` and `cell`, the first states, are given both or not at all. */
export interface LstmOptions<T extends Value> extends RecurrentOptions<T> {
  /** The first c: [layers directions, batch, width]. Default: zeros. */
  readonly cell?: T | undefined;
}

/** What an LSTM gives: h of the last layer at every step, and what all layers end with. */
export interface LstmResult<T extends Value> extends LstmState<T> {
  readonly output: T;
}

const recurrence = defineRecurrence({
  name: "lstm",
  gates: 4,
  states: 2,
  joins: true,
  step: ({ sums, past }) => lstmStep(sums, past[1]),
  stepGradient: ({ sums, past, pull }) => lstmStepGradient(sums, past[1], pull[0], pull[1]),
  parts: { sums: 0, x: 0, past: [undefined, 4] },
  element: (sums, _x, past) => lstmElement(sums, past[1]),
});

/**
 * An LSTM (see lstmCell) over sequences. x: [steps, batch, features], f32 or f16; `weights`: those of each layer, of both
 * directions one after the other where there are two, in PyTorch's order; output: [steps, batch, directions width]; hidden,
 * cell: [layers directions, batch, width]. With `lengths` it is what packed sequences give: a sequence's state ends with
 * it, backwards it begins at its own end, and output is 0 beyond.
 * Throws ShapeError, DtypeError or UsageError where inputs or options do not fit. Source: torch.nn.LSTM.
 */
export function lstm<T extends Value>(
  x: T,
  weights: readonly RecurrentWeights<T>[],
  options: LstmOptions<T> = {},
): LstmResult<T> {
  const { hidden, cell } = options;
  const { output, states } = runLayers("lstm", recurrence, x, weights, { hidden, cell }, options);
  return { output, hidden: states[0], cell: states[1] };
}
