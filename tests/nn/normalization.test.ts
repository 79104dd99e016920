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
  [
    "GroupNorm of no group",
    () => new nn.GroupNorm(0, 4),
    "GroupNorm: numGroups is 0; it must be a whole number of at least 1.",
  ],
  [
    "GroupNorm of half a channel",
    () => new nn.GroupNorm(2, 2.5),
    "GroupNorm: numChannels is 2.5; it must be a whole number of at least 1.",
  ],
  [
    "GroupNorm whose groups do not divide the channels",
    () => new nn.GroupNorm(3, 4),
    "GroupNorm: numChannels is 4 and numGroups 3; groups must divide the channels.",
  ],
  [
    "GroupNorm with an eps that is no number",
    () => new nn.GroupNorm(2, 4, { eps: Number.NaN }),
    "GroupNorm: eps is NaN; it must be a finite number of at least 0.",
  ],
  [
    "LocalResponseNorm of nothing",
    () => new nn.LocalResponseNorm(0),
    "LocalResponseNorm: size is 0; it must be a whole number of at least 1.",
  ],
];

test.each(faults)("%s is refused", (_, make, message) => {
  expect(make).toThrow(new UsageError(message));
});
