// The batch norm kernels where channels share statistics and weights, as for group norm: against float64, raw, both
// profiles. Statistics are those of tests/kernels/batchNorm.gpu.test.ts.

import { expect, test } from "vitest";
import {
  batchNormApply,
  batchNormInputGradient,
  batchNormSums,
  batchNormSumsVariant,
} from "../../src/kernels/batchNorm.ts";
import { DEFAULT_PROFILE } from "../../src/kernels/kernel.ts";
import { profiles, runKernel } from "../setup/runKernel.ts";
import { scattered } from "./matmulReference.ts";
import { normalized, normFills } from "./normReference.ts";
import { worstNormalizedError } from "./softmaxReference.ts";

/** Items, channels of an item, channels of a group, length and slabs: quads and not, a group of all, groups of one. */
const cuts = [
  [2, 4, 2, 3, 1],
  [1, 6, 3, 8, 2],
  [3, 2, 1, 7, 1],
  [2, 5, 5, 1, 1],
  [1, 4, 4, 68, 3],
  [2, 3, 3, 257, 2],
] as const;

const narrow = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 2 };
const devices = [
  ["gpu", narrow],
  ["fallback", { ...profiles[1], maxWorkgroupsPerDimension: 2 }],
] as const;
/** The bar of gradients in units of the class's. */
const GRADIENT = 4;
const eps = 1e-5;

function drawn(length: number, fill: (index: number) => number): Float32Array {
  return Float32Array.from({ length }, (_, index) => fill(index));
}

/** Inputs, what is known of them in float64, and where an element belongs. */
function prepare([items, own, groupSize, length, slabs]: (typeof cuts)[number]) {
  const channels = items * own;
  const [groups, cols] = [channels / groupSize, groupSize * length];
  const x = drawn(channels * length, normFills["a mean of 1000 and a deviation of 1"]);
  const xh = normalized(x, { rows: groups, cols, eps, centered: true });
  const means = drawn(
    groups,
    (group) => x.subarray(group * cols, (group + 1) * cols).reduce((a, b) => a + b, 0) / cols,
  );
  // The center is off, and the drift says by how much.
  const exact = means.map((_, group) => {
    const row = x.subarray(group * cols, (group + 1) * cols);
    return row.reduce((total, value) => total + (value - 1000), 0) / cols;
  });
  return {
    sizes: { batch: 1, channels, length, groupSize, weights: own, slabs },
    x,
    dy: drawn(x.length, scattered(13)),
    w: drawn(own, (index) => 1 + 0.5 * scattered(11)(index)),
    b: drawn(own, scattered(12)),
    statistics: Float32Array.from([
      ...means,
      ...means.map(() => Number.NaN), // the variance is not asked for
      ...means.map(() => 1000),
      ...exact,
      ...xh.scales,
    ]),
    normalised: xh.rows.flat(),
    scales: xh.scales,
    groups,
    cols,
    channelOf: (index: number) => Math.floor(index / length),
    weightOf: (index: number) => Math.floor(index / length) % own,
  };
}

/** [sum of dy xh, sum of dy] for each `row` in float64. */
function sumsOf(
  { normalised, dy }: { normalised: readonly number[]; dy: ArrayLike<number> },
  rows: number,
  rowOf: (index: number) => number,
): Float64Array {
  const sums = new Float64Array(2 * rows);
  normalised.forEach((value, index) => {
    sums[rowOf(index)] += dy[index] * value;
    sums[rows + rowOf(index)] += dy[index];
  });
  return sums;
}

test.each(devices)("forward, %s", async (_, device) => {
  for (const cut of cuts) {
    const { sizes, x, w, b, statistics, normalised, weightOf } = prepare(cut);
    const y = await runKernel(batchNormApply(sizes, device), { x, w, b, statistics }, x.length);
    const expected = normalised.map((value, index) => value * w[weightOf(index)] + b[weightOf(index)]);
    expect(worstNormalizedError(y, Float64Array.from(expected)), `[${cut.join(", ")}]`).toBeLessThan(1);
  }
});

test.each(devices)("sums of each channel, %s", async (_, device) => {
  for (const cut of cuts) {
    const known = prepare(cut);
    const { sizes, x, dy, statistics } = known;
    const { channels, slabs } = sizes;
    const launches = [
      batchNormSums(sizes, device),
      ...(device === narrow ? [batchNormSumsVariant("planes", sizes, device)] : []),
    ];
    for (const launch of launches) {
      const parts = await runKernel(launch, { x, dy, statistics }, 2 * slabs * channels);
      const total = Float32Array.from({ length: 2 * channels }, (_unused, index) => {
        let sum = 0;
        for (let slab = 0; slab < slabs; slab++) sum += parts[2 * slab * channels + index];
        return sum;
      });
      const expected = sumsOf(known, channels, known.channelOf);
      expect(worstNormalizedError(total, expected), `[${cut.join(", ")}]`).toBeLessThan(GRADIENT);
    }
  }
});

test.each(devices)("backward, %s", async (_, device) => {
  for (const cut of cuts) {
    const known = prepare(cut);
    const { sizes, x, dy, w, statistics, normalised, scales, groups, cols, weightOf } = known;
    const pull = dy.map((value, index) => value * w[weightOf(index)]);
    const groupOf = (index: number) => Math.floor(index / cols);
    const sums = sumsOf({ normalised, dy: pull }, groups, groupOf);
    const launch = batchNormInputGradient(sizes, device);
    const dx = await runKernel(launch, { x, w, dy, statistics, sums: Float32Array.from(sums) }, x.length);
    // A gradient is as large as one over the deviation: what is compared is free of it.
    const expected = normalised.map((value, index) => {
      const group = groupOf(index);
      return dy[index] * w[weightOf(index)] - sums[groups + group] / cols - (value * sums[group]) / cols;
    });
    const unscaled = dx.map((value, index) => value / scales[groupOf(index)]);
    expect(worstNormalizedError(unscaled, Float64Array.from(expected)), `[${cut.join(", ")}]`).toBeLessThan(
      GRADIENT,
    );
  }
});
