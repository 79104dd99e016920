// embedding, the order of tokens, and both kernels of the gradient against plain loops.

import { describe, expect, test } from "vitest";
import {
  type EmbeddingSizes,
  embeddingGradientPlan,
  embeddingGradientRows,
  embeddingGradientScan,
  embeddingMerge,
  embeddingOrder,
  embeddingRows,
} from "../../src/kernels/embedding.ts";
import { DEFAULT_PROFILE } from "../../src/kernels/kernel.ts";
import { profiles, runKernel, runKernelToIntegers } from "../setup/runKernel.ts";
import { allowedError } from "../setup/tolerances.ts";

/** Both profiles, folding all but the smallest dispatches into two dimensions, with some workgroups too many. */
const narrow = profiles.map((profile) => ({ ...profile, maxWorkgroupsPerDimension: 3 }));

const cases: EmbeddingSizes[] = [
  { count: 1, size: 1, dim: 1 },
  { count: 3, size: 2, dim: 2 },
  { count: 7, size: 5, dim: 3 },
  { count: 64, size: 17, dim: 4 },
  { count: 67, size: 6, dim: 5 },
  { count: 130, size: 11, dim: 16 },
  { count: 129, size: 67, dim: 20 },
  { count: 259, size: 4, dim: 67 },
  { count: 37, size: 300, dim: 132 },
];

const nameOf = ({ count, size, dim }: EmbeddingSizes) => `${count} tokens, [${size}, ${dim}]`;
const named = cases.map((sizes) => [nameOf(sizes), sizes] as const);

/** A fixed, uneven sequence of numbers from 0 to 1. */
function sequence(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
}

function integers(count: number, seed: number): Float32Array {
  return Float32Array.from(sequence(count, seed), (fraction) => Math.floor(fraction * 21) - 10);
}

/** Tokens from 2 below to 2 above those that are allowed. */
function tokensFor({ count, size }: EmbeddingSizes): Int32Array {
  return Int32Array.from(sequence(count, 7), (fraction) => Math.floor(fraction * (size + 4)) - 2);
}

/** By block: tokens in rising order, equal ones as they stood, and then where they stood. */
function orderReference(index: Int32Array, block: number): Int32Array {
  const places = [...index.keys()];
  const blockOf = (place: number) => Math.floor(place / block);
  places.sort((a, b) => blockOf(a) - blockOf(b) || index[a] - index[b] || a - b);
  return Int32Array.from([...places.map((place) => index[place]), ...places]);
}

function gradientReference(
  { size, dim }: EmbeddingSizes,
  dy: Float32Array,
  index: Int32Array,
  padding: number,
) {
  const dw = new Float64Array(size * dim);
  index.forEach((row, place) => {
    if (row < 0 || row >= size || row === padding) return;
    for (let col = 0; col < dim; col++) dw[row * dim + col] += dy[place * dim + col];
  });
  return dw;
}

test.each(named)("rows, or NaN: %s", async (_, sizes) => {
  const { size, dim } = sizes;
  const weight = integers(size * dim, 1);
  const index = tokensFor(sizes);
  const isRow = (row: number) => row >= 0 && row < size;
  const expected = Float32Array.from({ length: index.length * dim }, (_unused, i) => {
    const row = index[Math.floor(i / dim)];
    return isRow(row) ? weight[row * dim + (i % dim)] : Number.NaN;
  });
  for (const device of narrow) {
    expect(await runKernel(embeddingRows(sizes, device), { weight, index }, expected.length)).toEqual(
      expected,
    );
  }
});

test.each(named)("tokens in order: %s", async (_, sizes) => {
  const index = tokensFor(sizes);
  for (const device of narrow) {
    for (const block of [4, 12, 64, 260]) {
      const dispatch = embeddingOrder(sizes.count, block, device);
      const order = await runKernelToIntegers(dispatch, { index }, 2 * sizes.count);
      expect(order, `blocks of ${block}`).toEqual(orderReference(index, block));
    }
  }
});

test.each(named)("blocks in order, merged: %s", async (_, sizes) => {
  const index = tokensFor(sizes);
  index[0] = 2147483647; // the largest there is: nothing may be added to it
  for (const device of narrow) {
    for (const block of [4, 12, 64, 260]) {
      const order = orderReference(index, block);
      const dispatch = embeddingMerge(sizes.count, block, device);
      const merged = await runKernelToIntegers(dispatch, { order }, 2 * sizes.count);
      expect(merged, `blocks of ${block}`).toEqual(orderReference(index, sizes.count));
    }
  }
});

describe("gradient", () => {
  test.each(named)("by tokens in order: %s", async (_, sizes) => {
    const index = tokensFor(sizes);
    const dy = integers(sizes.count * sizes.dim, 2);
    const order = orderReference(index, sizes.count);
    const isWritten = (row: number, padding: number) => row !== padding && index.includes(row);
    for (const device of narrow) {
      for (const padding of [undefined, 1]) {
        const dispatch = embeddingGradientRows({ ...sizes, padding }, device);
        const sums = gradientReference(sizes, dy, index, padding ?? -1);
        const dw = await runKernel(dispatch, { dy, order }, sums.length);
        // What is not written holds the NaN of the test's buffers.
        const expected = Float32Array.from(sums, (value, i) =>
          isWritten(Math.floor(i / sizes.dim), padding ?? -1) ? value : Number.NaN,
        );
        expect(dw).toEqual(expected);
        const filled = embeddingGradientRows({ ...sizes, padding }, device, true);
        expect(await runKernel(filled, { dy, order }, sums.length)).toEqual(Float32Array.from(sums));
      }
    }
  });

  test("filled, whatever stands before, between and behind", async () => {
    const sizes = { count: 4, size: 9, dim: 5 };
    const dy = integers(20, 2);
    for (const tokens of [
      [4, 4, 4, 4],
      [-3, -3, 9, 2147483647],
      [-2147483648, 0, 8, 8],
      [2, 3, 7, 12],
      [10, 11, 12, 13],
      [-4, -3, -2, -1],
    ]) {
      const index = Int32Array.from(tokens);
      const order = orderReference(index, 4);
      for (const padding of [undefined, 0, 4, 8]) {
        const dispatch = embeddingGradientRows({ ...sizes, padding }, narrow[1], true);
        const expected = Float32Array.from(gradientReference(sizes, dy, index, padding ?? -1));
        expect(await runKernel(dispatch, { dy, order }, 45), `${tokens}`).toEqual(expected);
      }
    }
  });

  test.each(named)("by looking through the tokens: %s", async (_, sizes) => {
    const index = tokensFor(sizes);
    const dy = integers(sizes.count * sizes.dim, 2);
    const { size, dim } = sizes;
    for (const device of narrow) {
      for (const padding of [undefined, 0]) {
        const expected = Float32Array.from(gradientReference(sizes, dy, index, padding ?? -1));
        const whole = embeddingGradientScan({ ...sizes, padding }, 1, device);
        expect(await runKernel(whole, { dy, index }, size * dim)).toEqual(expected);
        const parts = await runKernel(
          embeddingGradientScan({ ...sizes, padding }, 3, device),
          { dy, index },
          3 * size * dim,
        );
        const total = expected.map(
          (_value, i) => parts[i] + parts[i + size * dim] + parts[i + 2 * size * dim],
        );
        expect(total).toEqual(expected);
      }
    }
  });

  test("no token at all gives zeros", async () => {
    const sizes = { count: 0, size: 3, dim: 5, padding: undefined };
    const dispatch = embeddingGradientScan(sizes, 1, DEFAULT_PROFILE);
    const dw = await runKernel(dispatch, { dy: new Float32Array(4), index: new Int32Array(4) }, 15);
    expect(dw).toEqual(new Float32Array(15));
  });

  test("sums of many fractions stay within the bar", async () => {
    const sizes = { count: 3000, size: 2, dim: 4, padding: undefined };
    const index = Int32Array.from({ length: 3000 }, (_, place) => place % 2);
    for (const fill of [sequence(12000, 3), Array<number>(12000).fill(0.1)]) {
      const dy = Float32Array.from(fill);
      const order = orderReference(index, 3000);
      const expected = gradientReference(sizes, dy, index, -1);
      for (const device of profiles) {
        const results = [
          await runKernel(embeddingGradientScan(sizes, 1, device), { dy, index }, 8),
          await runKernel(embeddingGradientRows(sizes, device), { dy, order }, 8),
        ];
        for (const dw of results) {
          expected.forEach((value, i) => {
            const bar = allowedError(
              { family: "reduction", length: 1500 },
              { expected: value, input: Number.NaN, magnitude: value },
            );
            expect(Math.abs(dw[i] - value)).toBeLessThanOrEqual(bar);
          });
        }
      }
    }
  });
});

test("few rows look through the tokens, in parts where a GPU would idle; else tokens are sorted, many in blocks", () => {
  const [gpu, fallback] = profiles;
  const few = { count: 1024, size: 65, dim: 64 };
  expect(embeddingGradientPlan(few, gpu)).toEqual({ how: "scan", parts: 4 });
  expect(embeddingGradientPlan({ ...few, count: 200 }, fallback)).toEqual({ how: "scan", parts: 1 });
  expect(embeddingGradientPlan(few, fallback)).toEqual({ how: "sort", block: 1024 });
  const many = { count: 514, size: 50257, dim: 768 };
  expect(embeddingGradientPlan(many, gpu)).toEqual({ how: "sort", block: 516 });
  expect(embeddingGradientPlan({ ...many, count: 20000 }, gpu)).toEqual({ how: "sort", block: 4096 });
  expect(embeddingGradientPlan({ ...many, count: 20000 }, fallback)).toEqual({ how: "sort", block: 1024 });
});
