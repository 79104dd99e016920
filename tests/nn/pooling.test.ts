// Pooling layers without a GPU: PyTorch's defaults, and what they refuse when they are made.

import { expect, test } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import * as nn from "../../src/nn/nn.ts";

test("windows are side by side where nothing else is said", () => {
  const { kernelSize, stride, padding, dilation, ceilMode } = new nn.MaxPool3d([2, 3, 4]);
  expect({ kernelSize, stride, padding, dilation, ceilMode }).toEqual({
    kernelSize: [2, 3, 4],
    stride: [2, 3, 4],
    padding: [0, 0, 0],
    dilation: [1, 1, 1],
    ceilMode: false,
  });
  const { countIncludePad, divisorOverride } = new nn.AvgPool1d(3, { padding: 1 });
  expect({ countIncludePad, divisorOverride }).toEqual({ countIncludePad: true, divisorOverride: undefined });
  expect(new nn.MaxUnpool2d(3).stride).toEqual([3, 3]);
  expect(new nn.AdaptiveAvgPool2d([null, 3]).outputSize).toEqual([null, 3]);
  expect(new nn.AdaptiveMaxPool3d(2).outputSize).toEqual([2, 2, 2]);
});

test("pooling layers hold nothing that is trained", () => {
  const layers = [
    new nn.MaxPool1d(2),
    new nn.LPPool2d(2, 2),
    new nn.MaxUnpool3d(2),
    new nn.AdaptiveAvgPool1d(3),
  ];
  expect(layers.flatMap((layer) => [...layer.stateDict().keys()])).toEqual([]);
});

const faults: [make: () => unknown, message: string][] = [
  [
    () => new nn.MaxPool1d(1.5),
    "MaxPool1d: the kernel size is 1.5; it must be a whole number of at least 1.",
  ],
  [
    () => new nn.MaxPool3d(2, { dilation: 0 }),
    "MaxPool3d: dilation is 0; it must be a whole number of at least 1.",
  ],
  [
    () => new nn.MaxPool3d(2, { padding: [0, 2, 0] }),
    "MaxPool3d: padding 2 for a window of 2; it must be at most half of it.",
  ],
  [
    () => new nn.AvgPool3d(2, { stride: Number.NaN }),
    "AvgPool3d: stride is NaN; it must be a whole number of at least 1.",
  ],
  [
    () => new nn.AvgPool2d(2, { divisorOverride: 0 }),
    "AvgPool2d: divisorOverride is 0; it must be a whole number from 1.",
  ],
  [() => new nn.LPPool1d(0, 2), "LPPool1d: normType is 0; it must be another number."],
  [() => new nn.LPPool2d(Infinity, 2), "LPPool2d: normType is Infinity; it must be a finite number."],
  [() => new nn.LPPool3d(2, 0), "LPPool3d: the kernel size is 0; it must be a whole number of at least 1."],
  [
    () => new nn.AdaptiveAvgPool1d(0),
    "AdaptiveAvgPool1d: outputSize is 0; it must be a whole number of at least 1.",
  ],
  [
    () => new nn.AdaptiveMaxPool2d([3]),
    "AdaptiveMaxPool2d: outputSize is [3]; it must be a number, or as many as there are axes, 2.",
  ],
  [
    () => new nn.MaxUnpool2d(3, { padding: 2 }),
    "MaxUnpool2d: padding 2 for a window of 3; it must be at most half of it.",
  ],
];

test.each(faults)("refused: %s", (make, message) => {
  expect(make).toThrow(new UsageError(message));
});
