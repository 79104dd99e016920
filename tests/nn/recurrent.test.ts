// What recurrent modules refuse to be made with, without a GPU.

import { expect, test } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import * as nn from "../../src/nn/nn.ts";

const faults: [name: string, make: () => unknown, message: string][] = [
  [
    "LSTM without inputs",
    () => new nn.LSTM(0, 4),
    "LSTM: inputSize is 0; it must be a whole number of at least 1.",
  ],
  [
    "LSTM of half a width",
    () => new nn.LSTM(3, 2.5),
    "LSTM: hiddenSize is 2.5; it must be a whole number of at least 1.",
  ],
  [
    "GRU without layers",
    () => new nn.GRU(3, 4, { numLayers: 0 }),
    "GRU: numLayers is 0; it must be a whole number of at least 1.",
  ],
  [
    "GRU that drops all",
    () => new nn.GRU(3, 4, { dropout: 1 }),
    "GRU: dropout is 1; it must be at least 0 and below 1.",
  ],
  [
    "RNN that drops who knows what",
    () => new nn.RNN(3, 4, { dropout: Number.NaN }),
    "RNN: dropout is NaN; it must be at least 0 and below 1.",
  ],
  [
    "RNN of an unknown function",
    () => new nn.RNN(3, 4, JSON.parse('{ "nonlinearity": "gelu" }')),
    'RNN: nonlinearity is "gelu"; it must be "tanh" or "relu".',
  ],
  [
    "LSTMCell without width",
    () => new nn.LSTMCell(3, 0),
    "LSTMCell: hiddenSize is 0; it must be a whole number of at least 1.",
  ],
  [
    "GRUCell of less than no input",
    () => new nn.GRUCell(-1, 3),
    "GRUCell: inputSize is -1; it must be a whole number of at least 1.",
  ],
  [
    "RNNCell of an unknown function",
    () => new nn.RNNCell(3, 4, JSON.parse('{ "nonlinearity": "" }')),
    'RNNCell: nonlinearity is ""; it must be "tanh" or "relu".',
  ],
];

test.each(faults)("%s", (_name, make, message) => {
  let caught: unknown;
  try {
    make();
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(UsageError);
  expect(caught).toHaveProperty("message", message);
});
