// RNN, LSTM and GRU: recurrent layers over whole sequences.
//
// Decides: parameters and their names, and when dropout applies. Leaves everything that is computed to the ops.

import { gru, lstm, rnn } from "../api/recurrent.ts";
import type { Tensor } from "../api/tensor.ts";
import { UsageError } from "../base/errors.ts";
import { range } from "../base/integers.ts";
import type {
  LstmOptions,
  LstmResult,
  Nonlinearity,
  RecurrentOptions,
  RecurrentWeights,
  RnnResult,
} from "../ops/index.ts";
import { requireNonlinearity } from "../ops/rnnCell.ts";
import { requireSize } from "./arguments.ts";
import { initUniform } from "./initUniform.ts";
import { Module } from "./module.ts";

/** How recurrent layers are made. */
export interface RecurrentLayerOptions {
  /** Layers one above the other. Default 1. */
  readonly numLayers?: number;
  /** Whether biases are added. Default true. */
  readonly bias?: boolean;
  /** Whether x and output are [batch, steps, …] in the place of [steps, batch, …]. Default false. */
  readonly batchFirst?: boolean;
  /** In training, the probability with which an element that goes to the next layer becomes 0: from 0, below 1. Default 0. */
  readonly dropout?: number;
  /** Whether every layer also runs from the end to the beginning. Default false. */
  readonly bidirectional?: boolean;
}

/** How RNN layers are made. */
export interface RNNLayerOptions extends RecurrentLayerOptions {
  /** Default "tanh". */
  readonly nonlinearity?: Nonlinearity;
}

/** What forward may be given beside x. */
type Inputs = Pick<RecurrentOptions<Tensor>, "hidden" | "lengths">;

const KINDS = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"] as const;

/** Parameters and options; what is made of them is for those who extend it. */
abstract class RecurrentLayers<Given extends Inputs, Result> extends Module<
  [x: Tensor, inputs?: Given],
  Result
> {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly batchFirst: boolean;
  readonly dropout: number;
  readonly bidirectional: boolean;
  /** Of each layer, or of both its directions one after the other. */
  private readonly weights: readonly RecurrentWeights<Tensor>[];

  constructor(
    name: string,
    gates: number,
    inputSize: number,
    hiddenSize: number,
    options: RecurrentLayerOptions,
  ) {
    super();
    const { numLayers = 1, bias = true, batchFirst = false, dropout = 0, bidirectional = false } = options;
    requireSize(name, "inputSize", inputSize);
    requireSize(name, "hiddenSize", hiddenSize);
    requireSize(name, "numLayers", numLayers);
    if (!(dropout >= 0 && dropout < 1))
      throw new UsageError(`${name}: dropout is ${dropout}; it must be at least 0 and below 1.`);
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.batchFirst = batchFirst;
    this.dropout = dropout;
    this.bidirectional = bidirectional;
    const directions = bidirectional ? 2 : 1;
    this.weights = range(0, numLayers * directions).map((index) => {
      const features = index < directions ? inputSize : directions * hiddenSize;
      return newWeights(gates, features, hiddenSize, bias);
    });
  }

  override parts(): Iterable<readonly [string, unknown]> {
    const directions = this.bidirectional ? 2 : 1;
    return this.weights.flatMap((own, index) => {
      const ending = `_l${Math.floor(index / directions)}${index % directions === 1 ? "_reverse" : ""}`;
      return namedWeights(own).map(([name, value]) => [name + ending, value] as const);
    });
  }

  /** What the ops take. */
  protected arguments(x: Tensor, inputs: Given | undefined) {
    const { batchFirst, bidirectional } = this;
    const dropout = this.training ? this.dropout : 0;
    return [x, this.weights, { ...inputs, batchFirst, bidirectional, dropout }] as const;
  }
}

/** Drawn from U(-k, k), k = 1 / sqrt(hiddenSize). */
export function newWeights(
  gates: number,
  features: number,
  hiddenSize: number,
  bias: boolean,
): RecurrentWeights<Tensor> {
  const rows = gates * hiddenSize;
  const vector = () => (bias ? initUniform([rows], hiddenSize) : undefined);
  return {
    weightIh: initUniform([rows, features], hiddenSize),
    weightHh: initUniform([rows, hiddenSize], hiddenSize),
    biasIh: vector(),
    biasHh: vector(),
  };
}

/** Weights under PyTorch's names. */
export function namedWeights({ weightIh, weightHh, biasIh, biasHh }: RecurrentWeights<Tensor>) {
  return [weightIh, weightHh, biasIh, biasHh].map((value, kind) => [KINDS[kind], value] as const);
}

/**
 * Plain recurrent layers: h' = tanh(x W_ih^T + b_ih + h W_hh^T + b_hh), or relu. forward(x, { hidden, lengths }) gives { output,
 * hidden }, of the shapes that the op `rnn` has: x: [steps, batch, inputSize] or, batchFirst, [batch, steps, inputSize], f32 or
 * f16; output: the same with directions hiddenSize; hidden: [numLayers directions, batch, hiddenSize]. `lengths` (i32 [batch])
 * stands for packed sequences. Parameters, all U(-k, k) with k = 1 / sqrt(hiddenSize), for each layer l and with the ending
 * _reverse for the other direction: weight_ih_l0 [gates hiddenSize, inputSize, or directions hiddenSize above the first],
 * weight_hh_l0 [gates hiddenSize, hiddenSize], bias_ih_l0, bias_hh_l0 [gates hiddenSize]. A compiled function keeps the mode,
 * see `Module.training`. There is no sequence without a batch, and no projection of the state (proj_size).
 * Throws UsageError for sizes and options that do not fit. Source: torch.nn.RNN.
 */
export class RNN extends RecurrentLayers<Inputs, RnnResult<Tensor>> {
  readonly nonlinearity: Nonlinearity;

  constructor(
    inputSize: number,
    hiddenSize: number,
    { nonlinearity = "tanh", ...options }: RNNLayerOptions = {},
  ) {
    requireNonlinearity("RNN", nonlinearity);
    super("RNN", 1, inputSize, hiddenSize, options);
    this.nonlinearity = nonlinearity;
  }

  forward(given: Tensor, inputs?: Inputs): RnnResult<Tensor> {
    const [x, weights, options] = this.arguments(given, inputs);
    return rnn(x, weights, { ...options, nonlinearity: this.nonlinearity });
  }
}

/**
 * LSTM layers, gates in the order i, f, g, o. forward(x, { hidden, cell, lengths }) gives { output, hidden, cell }; hidden and cell
 * are [numLayers directions, batch, hiddenSize]. All else, with 4 gates, as in RNN. Source: torch.nn.LSTM.
 */
export class LSTM extends RecurrentLayers<Inputs & Pick<LstmOptions<Tensor>, "cell">, LstmResult<Tensor>> {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentLayerOptions = {}) {
    super("LSTM", 4, inputSize, hiddenSize, options);
  }

  forward(x: Tensor, inputs?: Inputs & Pick<LstmOptions<Tensor>, "cell">): LstmResult<Tensor> {
    return lstm(...this.arguments(x, inputs));
  }
}

/**
 * GRU layers, gates in the order r, z, n. forward(x, { hidden, lengths }) gives { output, hidden }. All else, with 3 gates, as in
 * RNN. Source: torch.nn.GRU.
 */
export class GRU extends RecurrentLayers<Inputs, RnnResult<Tensor>> {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentLayerOptions = {}) {
    super("GRU", 3, inputSize, hiddenSize, options);
  }

  forward(x: Tensor, inputs?: Inputs): RnnResult<Tensor> {
    return gru(...this.arguments(x, inputs));
  }
}
