// What attention and the Transformer's layers refuse to be made with, without a GPU.

import { expect, test } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import * as nn from "../../src/nn/nn.ts";

const faults: [name: string, make: () => unknown, message: string][] = [
  [
    "MultiheadAttention whose heads do not divide the width",
    () => new nn.MultiheadAttention(10, 4),
    "MultiheadAttention: embedDim is 10 and numHeads 4; numHeads must divide embedDim.",
  ],
  [
    "MultiheadAttention without heads",
    () => new nn.MultiheadAttention(8, 0),
    "MultiheadAttention: numHeads is 0; it must be a whole number of at least 1.",
  ],
  [
    "MultiheadAttention of half a key",
    () => new nn.MultiheadAttention(8, 2, { kdim: 0.5 }),
    "MultiheadAttention: kdim is 0.5; it must be a whole number of at least 1.",
  ],
  [
    "MultiheadAttention that drops all",
    () => new nn.MultiheadAttention(8, 2, { dropout: 1 }),
    "MultiheadAttention: dropout is 1; it must be at least 0 and below 1.",
  ],
  [
    "TransformerEncoderLayer whose heads do not divide the width",
    () => new nn.TransformerEncoderLayer(9, 2),
    "TransformerEncoderLayer: dModel is 9 and nhead 2; nhead must divide dModel.",
  ],
  [
    "TransformerEncoderLayer without a hidden layer",
    () => new nn.TransformerEncoderLayer(8, 2, { dimFeedforward: 0 }),
    "TransformerEncoderLayer: dimFeedforward is 0; it must be a whole number of at least 1.",
  ],
  [
    "TransformerDecoderLayer of an unknown activation",
    () => new nn.TransformerDecoderLayer(8, 2, JSON.parse('{ "activation": "tanh" }')),
    'TransformerDecoderLayer: activation is "tanh"; it must be "relu" or "gelu".',
  ],
  [
    "TransformerDecoderLayer without width",
    () => new nn.TransformerDecoderLayer(0, 2),
    "TransformerDecoderLayer: dModel is 0; it must be a whole number of at least 1.",
  ],
  [
    "TransformerEncoder without layers",
    () => new nn.TransformerEncoder([]),
    "TransformerEncoder: the number of layers is 0; it must be a whole number of at least 1.",
  ],
  [
    "TransformerEncoder of a function that is asked for no layer",
    () => new nn.TransformerEncoder(() => new nn.TransformerEncoderLayer(8, 2), { numLayers: 0 }),
    "TransformerEncoder: numLayers is 0; it must be a whole number of at least 1.",
  ],
  [
    "TransformerEncoder of a function without a number",
    () => new nn.TransformerEncoder(() => new nn.TransformerEncoderLayer(8, 2)),
    "TransformerEncoder: a function without numLayers; say how many layers it makes.",
  ],
];

test.each(faults)("%s is refused", (_, make, message) => {
  expect(make).toThrow(new UsageError(message));
});
