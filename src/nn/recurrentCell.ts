// RNNCell, LSTMCell and GRUCell: one step of a recurrent network with weights of its own.

import type { Tensor } from "../api/tensor.ts";
import {
  gruCell,
  type LstmState,
  lstmCell,
  type Nonlinearity,
  type RecurrentWeights,
  rnnCell,
} from "../ops/index.ts";
import { requireNonlinearity } from "../ops/rnnCell.ts";
import { requireSize } from "./arguments.ts";
import { Module } from "./module.ts";
import { namedWeights, newWeights } from "./recurrent.ts";

/** How a cell is made. */
export interface RecurrentCellOptions {
  /** Whether biases are added. Default true. */
  readonly bias?: boolean;
}

abstract class RecurrentCell<State> extends Module<[x: Tensor, state?: State], State> {
  readonly inputSize: number;
  readonly hiddenSize: number;
  protected readonly weights: RecurrentWeights<Tensor>;

  constructor(name: string, gates: number, inputSize: number, hiddenSize: number, bias = true) {
    super();
    requireSize(name, "inputSize", inputSize);
    requireSize(name, "hiddenSize", hiddenSize);
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.weights = newWeights(gates, inputSize, hiddenSize, bias);
  }

  override parts(): Iterable<readonly [string, unknown]> {
    return namedWeights(this.weights);
  }
}

/**
 * One step of a plain recurrent network: forward(x, hidden) gives the new hidden. x: [batch, inputSize], hidden: [batch,
 * hiddenSize] (default zeros), f32 or f16. Parameters, all U(-k, k) with k = 1 / sqrt(hiddenSize): weight_ih [gates hiddenSize,
 * inputSize], weight_hh [gates hiddenSize, hiddenSize], bias_ih, bias_hh [gates hiddenSize]. Throws UsageError unless both sizes
 * are whole numbers from 1. Source: torch.nn.RNNCell.
 */
export class RNNCell extends RecurrentCell<Tensor> {
  readonly nonlinearity: Nonlinearity;

  constructor(
    inputSize: number,
    hiddenSize: number,
    { bias, nonlinearity = "tanh" }: RecurrentCellOptions & { readonly nonlinearity?: Nonlinearity } = {},
  ) {
    requireNonlinearity("RNNCell", nonlinearity);
    super("RNNCell", 1, inputSize, hiddenSize, bias);
    this.nonlinearity = nonlinearity;
  }

  forward(x: Tensor, hidden?: Tensor): Tensor {
    return rnnCell(x, hidden, this.weights, { nonlinearity: this.nonlinearity });
  }
}

/** One step of an LSTM: forward(x, { hidden, cell }) gives the new { hidden, cell }. All else, with 4 gates, as in RNNCell. Source: torch.nn.LSTMCell. */
export class LSTMCell extends RecurrentCell<LstmState<Tensor>> {
  constructor(inputSize: number, hiddenSize: number, { bias }: RecurrentCellOptions = {}) {
    super("LSTMCell", 4, inputSize, hiddenSize, bias);
  }

  forward(x: Tensor, state?: LstmState<Tensor>): LstmState<Tensor> {
    return lstmCell(x, state ?? {}, this.weights);
  }
}

/** One step of a GRU: forward(x, hidden) gives the new hidden. All else, with 3 gates, as in RNNCell. Source: torch.nn.GRUCell. */
export class GRUCell extends RecurrentCell<Tensor> {
  constructor(inputSize: number, hiddenSize: number, { bias }: RecurrentCellOptions = {}) {
    super("GRUCell", 3, inputSize, hiddenSize, bias);
  }

  forward(x: Tensor, hidden?: Tensor): Tensor {
    return gruCell(x, hidden, this.weights);
  }
}
