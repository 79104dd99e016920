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
    'Conv2d "same" with an even kernel',
    () => new nn.Conv2d(1, 1, 4, { padding: "same" }),
    'Conv2d: padding is "same", kernelSize [4, 4] and dilation [1, 1]; ' +
      'for "same" dilation * (kernelSize - 1) must be even, so that both sides get as much.',
  ],
  [
    "MaxPool2d of an empty window",
    () => new nn.MaxPool2d(0),
    "MaxPool2d: kernelSize is 0; it must be a whole number of at least 1.",
  ],
  [
    "MaxPool2d with windows in the padding",
    () => new nn.MaxPool2d(2, { padding: 2 }),
    "MaxPool2d: padding is [2, 2] and kernelSize [2, 2]; padding must be at most half of kernelSize.",
  ],
  [
    "AvgPool2d that stands still",
    () => new nn.AvgPool2d(2, { stride: [1, 0] }),
    "AvgPool2d: stride is 0; it must be a whole number of at least 1.",
  ],
  ["Dropout above 1", () => new nn.Dropout(1.5), "Dropout: p is 1.5; it must be from 0 to 1."],
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
