// rnn: a plain recurrent network over whole sequences. Each step is one dispatch, as all but its product is elementwise.

import type { Node, Value } from "../graph/node.ts";
import { greater } from "./greater.ts";
import { slopeOfTanh } from "./lstmStep.ts";
import { mul } from "./mul.ts";
import { defineRecurrence, type Recurrence } from "./recurrence.ts";
import { type RecurrentOptions, type RecurrentWeights, runLayers } from "./recurrentLayers.ts";
import { type Nonlinearity, requireNonlinearity } from "./rnnCell.ts";
import { unsqueeze } from "./squeeze.ts";
import { where } from "./where.ts";

/** How sequences are run through, and what is taken of each step's sums. */
export interface RnnOptions<T extends Value> extends RecurrentOptions<T> {
  /** Default "tanh". */
  readonly nonlinearity?: Nonlinearity;
}

/** What a recurrent network gives. */
export interface RnnResult<T extends Value> {
  /** h of the last layer at every step, directions side by side. */
  readonly output: T;
  /** What all layers and directions end with. */
  readonly hidden: T;
}

const recurrences: Readonly<Record<Nonlinearity, Recurrence>> = {
  tanh: plain("tanh", Math.tanh, (pull, h) => mul(pull, slopeOfTanh(h))),
  relu: plain(
    "relu",
    (x) => (x < 0 ? 0 : x),
    (pull, h) => where(greater(h, 0), pull, 0),
  ),
};

function plain(
  nonlinearity: Nonlinearity,
  value: (x: number) => number,
  gradient: (pull: Node, h: Node) => Node,
): Recurrence {
  return defineRecurrence({
    name: `${nonlinearity}Rnn`,
    gates: 1,
    states: 1,
    joins: true,
    step: ({ sums }) => unsqueeze(requireNonlinearity("rnn", nonlinearity)(sums), 0),
    stepGradient: ({ now, pull }) => gradient(pull[0], now[0]),
    parts: { sums: 0, x: 0, past: [undefined] },
    element: ([sums]) => [value(sums)],
  });
}

/**
 * A plain recurrent network (see rnnCell) over sequences. x: [steps, batch, features], f32 or f16; `weights`: those of each
 * layer, of both directions one after the other where there are two, in PyTorch's order; output: [steps, batch, directions
 * width]; hidden: [layers directions, batch, width]. With `lengths` it is what packed sequences give: a sequence's state
 * ends with it, backwards it begins at its own end, and output is 0 beyond.
 * Throws ShapeError, DtypeError or UsageError where inputs or options do not fit. Source: torch.nn.RNN.
 */
export function rnn<T extends Value>(
  x: T,
  weights: readonly RecurrentWeights<T>[],
  options: RnnOptions<T> = {},
): RnnResult<T> {
  const { hidden, nonlinearity = "tanh" } = options;
  requireNonlinearity("rnn", nonlinearity);
  const { output, states } = runLayers("rnn", recurrences[nonlinearity], x, weights, { hidden }, options);
  return { output, hidden: states[0] };
}
