// gruCell: one step of a GRU.

import type { Value } from "../graph/node.ts";
import { gruStep } from "./gruStep.ts";
import { cellInputs, type RecurrentWeights } from "./recurrentLayers.ts";

/**
 * One step of a GRU, with r, z, n of a = x W_ih^T + b_ih and b = h W_hh^T + b_hh: h' = (1 - z) n + z h, where r = sigmoid(a + b),
 * z = sigmoid(a + b), n = tanh(a + r b). x: [batch, features]; hidden: [batch, width], undefined for zeros; weights for 3 gates; f32 or f16,
 * which promote; the result: [batch, width]. Throws ShapeError or DtypeError where they do not fit.
 * Source: torch.nn.GRUCell; Cho et al. 2014.
 */
export function gruCell<T extends Value>(x: T, hidden: T | undefined, weights: RecurrentWeights<T>): T {
  const { fromX, fromH, states } = cellInputs("gruCell", 3, x, { hidden }, weights);
  return gruStep(fromX, fromH, states[0]);
}
