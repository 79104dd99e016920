// What normalisation layers refuse, without a GPU.

import { expect, test } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import * as nn from "../../src/nn/nn.ts";

const faults: [name: string, make: () => unknown, message: string][] = [
  [
    "LayerNorm of nothing",
    () => new nn.LayerNorm(0),
    "LayerNorm: normalizedShape is 0; it must be a whole number of at least 1.",
  ],
  [
    "LayerNorm with a fraction of a column",
    () => new nn.LayerNorm([4, 2.5]),
    "LayerNorm: normalizedShape is 2.5; it must be a whole number of at least 1.",
  ],
  [
    "LayerNorm without an axis",
    () => new nn.LayerNorm([]),
    "LayerNorm: the number of axes in normalizedShape is 0; it must be a whole number of at least 1.",
  ],
  [
    "RMSNorm of fewer than nothing",
    () => new nn.RMSNorm(-3),
    "RMSNorm: normalizedShape is -3; it must be a whole number of at least 1.",
  ],
];

test.each(faults)("%s is refused", (_, make, message) => {
  expect(make).toThrow(new UsageError(message));
});
