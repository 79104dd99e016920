// rnn, lstm, gru: recurrent networks whose dropout draws from the engine's random numbers.

import {
  gru as gruOp,
  type LstmOptions,
  type LstmResult,
  lstm as lstmOp,
  type RecurrentOptions,
  type RecurrentWeights,
  type RnnOptions,
  type RnnResult,
  rnn as rnnOp,
} from "../ops/index.ts";
import { randomKey } from "./random.ts";
import type { Tensor } from "./tensor.ts";

/** `options` with keys for dropout, which applies wherever it is above 0: leave it out in evaluation. */
function withRandom<Options>(
  x: Tensor,
  options: Options,
): Options & Pick<RecurrentOptions<Tensor>, "random"> {
  return { ...options, random: () => randomKey(x.engine) };
}

/** A plain recurrent network over sequences; see the op of that name for shapes and errors. Source: torch.nn.RNN. */
export function rnn(
  x: Tensor,
  weights: readonly RecurrentWeights<Tensor>[],
  options: Omit<RnnOptions<Tensor>, "random"> = {},
): RnnResult<Tensor> {
  return rnnOp(x, weights, withRandom(x, options));
}

/** An LSTM over sequences; see the op of that name for shapes and errors. Source: torch.nn.LSTM. */
export function lstm(
  x: Tensor,
  weights: readonly RecurrentWeights<Tensor>[],
  options: Omit<LstmOptions<Tensor>, "random"> = {},
): LstmResult<Tensor> {
  return lstmOp(x, weights, withRandom(x, options));
}

/** A GRU over sequences; see the op of that name for shapes and errors. Source: torch.nn.GRU. */
export function gru(
  x: Tensor,
  weights: readonly RecurrentWeights<Tensor>[],
  options: Omit<RecurrentOptions<Tensor>, "random"> = {},
): RnnResult<Tensor> {
  return gruOp(x, weights, withRandom(x, options));
}
