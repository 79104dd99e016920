// rnnCell: one step of a plain recurrent network. All of it but the products is elementwise, and part of the second's
// dispatch.

import { UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { add } from "./add.ts";
import { cellInputs, type RecurrentWeights } from "./recurrentLayers.ts";
import { relu } from "./relu.ts";
import { tanh } from "./tanh.ts";

/** What a plain recurrent network takes of its sums. */
export type Nonlinearity = "tanh" | "relu";

/** The function of that name. Throws UsageError where there is none. */
export function requireNonlinearity(op: string, name: Nonlinearity): <T extends Value>(x: T) => T {
  if (name === "tanh") return tanh;
  if (name === "relu") return relu;
  throw new UsageError(`${op}: nonlinearity is ${JSON.stringify(name)}; it must be "tanh" or "relu".`);
}

/**
 * h' = f(x W_ih^T + b_ih + h W_hh^T + b_hh), where f is `nonlinearity` (default tanh). x: [batch, features]; hidden: [batch,
 * width], undefined for zeros; weights for 1 gate; f32 or f16, which promote; the result: [batch, width]. Throws ShapeError, DtypeError or
 * UsageError where they do not fit. Source: torch.nn.RNNCell; Elman 1990.
 */
export function rnnCell<T extends Value>(
  x: T,
  hidden: T | undefined,
  weights: RecurrentWeights<T>,
  { nonlinearity = "tanh" }: { readonly nonlinearity?: Nonlinearity } = {},
): T {
  const squash = requireNonlinearity("rnnCell", nonlinearity);
  const { fromX, fromH } = cellInputs("rnnCell", 1, x, { hidden }, weights);
  return squash(add(fromX, fromH));
}
