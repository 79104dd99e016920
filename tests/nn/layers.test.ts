// Layers without a GPU: what they refuse, and the modes of a tree of modules.

import { expect, test } from "vitest";
import type { Tensor } from "../../src/api/tensor.ts";
import { UsageError } from "../../src/base/errors.ts";
import * as nn from "../../src/nn/nn.ts";

const faults: [name: string, make: () => unknown, message: string][] = [
  [
    "Linear without inputs",
    () => new nn.Linear(0, 3),
    "Linear: inFeatures is 0; it must be a whole number of at least 1.",
  ],
  [
    "Linear with a fraction of an output",
    () => new nn.Linear(3, 1.5),
    "Linear: outFeatures is 1.5; it must be a whole number of at least 1.",
  ],
  [
    "Conv2d without channels",
    () => new nn.Conv2d(0, 1, 3),
    "Conv2d: inChannels is 0; it must be a whole number of at least 1.",
  ],
  [
    "Conv2d of an empty kernel",
    () => new nn.Conv2d(1, 1, [3, 0]),
    "Conv2d: kernelSize is 0; it must be a whole number of at least 1.",
  ],
  [
    "Conv2d that stands still",
    () => new nn.Conv2d(1, 1, 3, { stride: 0 }),
    "Conv2d: stride is 0; it must be a whole number of at least 1.",
  ],
  [
    "Conv2d with negative padding",
    () => new nn.Conv2d(1, 1, 3, { padding: -1 }),
    "Conv2d: padding is -1; it must be a whole number of at least 0.",
  ],
  [
    "Conv2d with groups that do not divide",
    () => new nn.Conv2d(4, 6, 3, { groups: 4 }),
    "Conv2d: groups is 4, inChannels 4 and outChannels 6; groups must divide both.",
  ],
  [
    'Conv2d "same" with a stride',
    () => new nn.Conv2d(1, 1, 3, { padding: "same", stride: 2 }),
    'Conv2d: padding is "same" and stride [2, 2]; "same" needs stride 1.',
  ],
  [
    "Conv1d with padding for two axes",
    () => new nn.Conv1d(1, 1, 3, JSON.parse('{ "padding": [1, 2] }')),
    "Conv1d: padding is [1, 2]; it must be a number, or as many as there are axes, 1.",
  ],
  [
    "Conv3d with a stride that is no number",
    () => new nn.Conv3d(1, 1, 3, { stride: [1, Number.NaN, 1] }),
    "Conv3d: stride is NaN; it must be a whole number of at least 1.",
  ],
  [
    "Conv3d with ones around it",
    () => new nn.Conv3d(1, 1, 3, JSON.parse('{ "paddingMode": "ones" }')),
    'Conv3d: paddingMode is "ones"; it must be one of "zeros", "reflect", "replicate", "circular".',
  ],
  [
    "ConvTranspose1d that takes from its end",
    () => new nn.ConvTranspose1d(1, 1, 3, { outputPadding: -1 }),
    "ConvTranspose1d: outputPadding is -1; it must be a whole number of at least 0.",
  ],
  [
    "ConvTranspose3d with groups that do not divide",
    () => new nn.ConvTranspose3d(4, 3, 3, { groups: 2 }),
    "ConvTranspose3d: groups is 2, inChannels 4 and outChannels 3; groups must divide both.",
  ],
  [
    "Unfold of an empty window",
    () => new nn.Unfold([2, 0]),
    "Unfold: kernelSize is 0; it must be a whole number of at least 1.",
  ],
  [
    "Unfold that stands still",
    () => new nn.Unfold(2, { stride: 0 }),
    "Unfold: stride is 0; it must be a whole number of at least 1.",
  ],
  [
    "Fold to half a pixel",
    () => new nn.Fold(0.5, 2),
    "Fold: outputSize is 0.5; it must be a whole number of at least 1.",
  ],
  [
    "Fold without a window",
    () => new nn.Fold(4, 2, { dilation: -1 }),
    "Fold: dilation is -1; it must be a whole number of at least 1.",
  ],
  [
    "MaxPool2d of an empty window",
    () => new nn.MaxPool2d(0),
    "MaxPool2d: the kernel size is 0; it must be a whole number of at least 1.",
  ],
  [
    "MaxPool2d with windows in the padding",
    () => new nn.MaxPool2d(2, { padding: 2 }),
    "MaxPool2d: padding 2 for a window of 2; it must be at most half of it.",
  ],
  [
    "AvgPool2d that stands still",
    () => new nn.AvgPool2d(2, { stride: [1, 0] }),
    "AvgPool2d: stride is 0; it must be a whole number of at least 1.",
  ],
  [
    "PReLU without a slope",
    () => new nn.PReLU({ numParameters: 0 }),
    "PReLU: numParameters is 0; it must be a whole number of at least 1.",
  ],
  [
    "EmbeddingBag without rows",
    () => new nn.EmbeddingBag(0, 2),
    "EmbeddingBag: numEmbeddings is 0; it must be a whole number of at least 1.",
  ],
  [
    "EmbeddingBag with a fraction of a column",
    () => new nn.EmbeddingBag(3, 2.5),
    "EmbeddingBag: dim is 2.5; it must be a whole number of at least 1.",
  ],
  [
    "EmbeddingBag with padding outside",
    () => new nn.EmbeddingBag(3, 2, { paddingIndex: -4 }),
    "EmbeddingBag: paddingIndex is -4, numEmbeddings 3; paddingIndex must be a whole number from -3 to 2.",
  ],
  [
    "EmbeddingBag of another mode",
    () => new nn.EmbeddingBag(3, 2, { mode: "min" as "max" }),
    'EmbeddingBag: mode is "min"; it must be "sum", "mean" or "max".',
  ],
  ["Dropout above 1", () => new nn.Dropout(1.5), "Dropout: p is 1.5; it must be from 0 to 1."],
  ["Dropout1d below 0", () => new nn.Dropout1d(-0.1), "Dropout1d: p is -0.1; it must be from 0 to 1."],
  ["Dropout2d above 1", () => new nn.Dropout2d(2), "Dropout2d: p is 2; it must be from 0 to 1."],
  [
    "Dropout3d above 1",
    () => new nn.Dropout3d(Infinity),
    "Dropout3d: p is Infinity; it must be from 0 to 1.",
  ],
  [
    "AlphaDropout of NaN",
    () => new nn.AlphaDropout(Number.NaN),
    "AlphaDropout: p is NaN; it must be from 0 to 1.",
  ],
  [
    "FeatureAlphaDropout above 1",
    () => new nn.FeatureAlphaDropout(1.1),
    "FeatureAlphaDropout: p is 1.1; it must be from 0 to 1.",
  ],
  ["Dropout of NaN", () => new nn.Dropout(Number.NaN), "Dropout: p is NaN; it must be from 0 to 1."],
];

test.each(faults)("%s is refused", (_, make, message) => {
  expect(make).toThrow(new UsageError(message));
});

class Block extends nn.Module {
  readonly branches = [new nn.Dropout(0.1), new nn.Sequential(new nn.ReLU(), new nn.Dropout(0.2))];
  readonly shared = this.branches[0];
  readonly parent: nn.AnyModule | undefined;
  readonly title = "no module";

  constructor(parent?: nn.AnyModule) {
    super();
    this.parent = parent;
  }

  forward(x: Tensor): Tensor {
    return x;
  }
}

test("modules finds parts in properties and arrays, each once", () => {
  const block = new Block();
  const names = block.modules().map((module) => module.constructor.name);
  expect(names).toEqual(["Block", "Dropout", "Sequential", "ReLU", "Dropout"]);
});

test("a part that refers back to its parent ends the walk", () => {
  const outer = new nn.Sequential();
  const inner = new Block(outer);
  Object.assign(outer, { layers: [inner] });
  expect(outer.modules().length).toBe(6);
  expect(outer.parameters()).toEqual([]);
});

test("train and eval reach every module", () => {
  const block = new Block();
  expect(block.modules().every((module) => module.training)).toBe(true);
  expect(block.eval()).toBe(block);
  expect(block.modules().some((module) => module.training)).toBe(false);
  block.branches[1].train();
  expect(block.modules().map((module) => module.training)).toEqual([false, false, true, true, true]);
});
