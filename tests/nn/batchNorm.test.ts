// What batch normalisation layers refuse, without a GPU.

import { expect, test } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import * as nn from "../../src/nn/nn.ts";

const faults: [name: string, make: () => unknown, message: string][] = [
  [
    "BatchNorm2d of nothing",
    () => new nn.BatchNorm2d(0),
    "BatchNorm2d: numFeatures is 0; it must be a whole number of at least 1.",
  ],
  [
    "BatchNorm1d with a fraction of a feature",
    () => new nn.BatchNorm1d(1.5),
    "BatchNorm1d: numFeatures is 1.5; it must be a whole number of at least 1.",
  ],
  [
    "a negative eps",
    () => new nn.BatchNorm1d(2, { eps: -1 }),
    "BatchNorm1d: eps is -1; it must be a finite number of at least 0.",
  ],
  [
    "a momentum above 1",
    () => new nn.BatchNorm2d(2, { momentum: 1.5 }),
    "BatchNorm2d: momentum is 1.5; it must be null or from 0 to 1.",
  ],
  [
    "BatchNorm3d with a momentum that is no number",
    () => new nn.BatchNorm3d(2, { momentum: Number.NaN }),
    "BatchNorm3d: momentum is NaN; it must be null or from 0 to 1.",
  ],
  [
    "InstanceNorm1d of nothing",
    () => new nn.InstanceNorm1d(0),
    "InstanceNorm1d: numFeatures is 0; it must be a whole number of at least 1.",
  ],
  [
    "InstanceNorm3d with an infinite eps",
    () => new nn.InstanceNorm3d(2, { eps: Infinity }),
    "InstanceNorm3d: eps is Infinity; it must be a finite number of at least 0.",
  ],
  [
    "Upsample without a size",
    () => new nn.Upsample({}),
    "Upsample: exactly one of size and scaleFactor must be given.",
  ],
];

test.each(faults)("%s is refused", (_, make, message) => {
  expect(make).toThrow(new UsageError(message));
});
