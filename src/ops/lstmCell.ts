// lstmCell: one step of an LSTM.

import type { Value } from "../graph/node.ts";
import { add } from "./add.ts";
import { lstmStep } from "./lstmStep.ts";
import { cellInputs, type RecurrentWeights } from "./recurrentLayers.ts";
import { select } from "./select.ts";

/** What an LSTM keeps from step to step. */
export interface LstmState<T extends Value> {
  readonly hidden: T;
  readonly cell: T;
}

/**
 * One step of an LSTM, with the gates i, f, g, o of x W_ih^T + b_ih + h W_hh^T + b_hh: c' = sigmoid(f) c + sigmoid(i) tanh(g) and
 * h' = sigmoid(o) tanh(c'). x: [batch, features]; hidden, cell: [batch, width], zeros by default; weights for 4 gates; f32 or f16, which
 * promote; hidden and cell of the result: [batch, width]. Throws ShapeError or DtypeError where they do not fit.
 * Source: torch.nn.LSTMCell; Hochreiter and Schmidhuber 1997, Gers et al. 2000.
 */
export function lstmCell<T extends Value>(
  x: T,
  { hidden, cell }: Partial<LstmState<T>>,
  weights: RecurrentWeights<T>,
): LstmState<T> {
  const { fromX, fromH, states } = cellInputs("lstmCell", 4, x, { hidden, cell }, weights);
  const both = lstmStep(add(fromX, fromH), states[1]);
  return { hidden: select(both, 0, 0), cell: select(both, 0, 1) };
}
