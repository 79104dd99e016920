// What loading refuses, without a GPU. That nothing is written then is seen in tests/nn/module.gpu.test.ts.

import { expect, test } from "vitest";
import { requireFit, type StateEntry } from "../../src/api/loadState.ts";
import { ShapeError, UsageError } from "../../src/base/errors.ts";
import type { Shape } from "../../src/tensor/shape.ts";

type Shapes = Readonly<Record<string, Shape>>;

function check(targets: Shapes, state: Shapes, strict = true): () => void {
  const entries = Object.entries(state).map(([name, shape]): [string, StateEntry] => {
    return [name, { shape, data: new Float32Array(shape.reduce((count, size) => count * size, 1)) }];
  });
  const sized = Object.entries(targets).map(([name, shape]) => [name, { shape }] as const);
  return () => requireFit(new Map(sized), new Map(entries), strict);
}

test("a file of another model: all that is wrong in one message, ten names of each and the counts", () => {
  const targets = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`layers.${i}.weight`, [4, 8]]));
  const state = Object.fromEntries([
    ...Array.from({ length: 12 }, (_, i) => [`layers.${i}.weight`, [8, 4]]),
    ...Array.from({ length: 11 }, (_, i) => [`h.${i}.w`, [2]]),
  ]);
  expect(check(targets, state)).toThrow(
    new UsageError(
      "loadStateDict: 28 of 40 names missing (layers.12.weight, layers.13.weight, layers.14.weight, " +
        "layers.15.weight, layers.16.weight, layers.17.weight, layers.18.weight, layers.19.weight, " +
        "layers.20.weight, layers.21.weight and 18 more), " +
        "11 unexpected (h.0.w, h.1.w, h.2.w, h.3.w, h.4.w, h.5.w, h.6.w, h.7.w, h.8.w, h.9.w and 1 more), " +
        `12 of the wrong shape (${Array.from(
          { length: 10 },
          (_, i) => `layers.${i}.weight is [8, 4] and should be [4, 8]`,
        ).join(", ")} and 2 more); names and shapes must be those of stateDict().`,
    ),
  );
});

test("names are a UsageError, shapes alone a ShapeError, and what fits is none", () => {
  const targets = { weight: [2, 3], bias: [2] };
  const allowed = "names and shapes must be those of stateDict().";
  expect(check(targets, targets)).not.toThrow();
  expect(check(targets, { bias: [2] })).toThrow(
    new UsageError(`loadStateDict: 1 of 2 names missing (weight); ${allowed}`),
  );
  expect(check(targets, { ...targets, "a\nb": [] })).toThrow(
    new UsageError(`loadStateDict: 1 unexpected (a\\nb); ${allowed}`),
  );
  const reversed = { weight: [3, 2], bias: [2] };
  const shapeError = new ShapeError(
    `loadStateDict: 1 of the wrong shape (weight is [3, 2] and should be [2, 3]); ${allowed}`,
  );
  expect(check(targets, reversed)).toThrow(shapeError);
  expect(check(targets, reversed)).toThrow(ShapeError);
  const values = new Map([["bias", { shape: [2], data: [1, 2, 3] }]]);
  expect(() => requireFit(new Map([["bias", { shape: [2] }]]), values, true)).toThrow(
    new ShapeError(`loadStateDict: 1 of the wrong shape (bias has 3 values for [2]); ${allowed}`),
  );
});

test("without strict only shapes count", () => {
  expect(check({ weight: [2], bias: [2] }, { bias: [2], other: [1] }, false)).not.toThrow();
  expect(check({ weight: [2] }, { weight: [3], other: [1] }, false)).toThrow(
    "loadStateDict: 1 of the wrong shape (weight is [3] and should be [2]);",
  );
});
