// The batch norm kernels against float64, raw, both variants, in one slab and in several.

import { describe, expect, test } from "vitest";
import {
  type BatchStatisticsSizes,
  batchNormApply,
  batchNormInputGradient,
  batchNormSlabs,
  batchNormStatistics,
  batchNormStatisticsMerge,
  batchNormStatisticsVariant,
  batchNormSums,
  batchNormSumsVariant,
  type ChannelVariant,
} from "../../src/kernels/batchNorm.ts";
import { DEFAULT_PROFILE } from "../../src/kernels/kernel.ts";
import { profiles, runKernel } from "../setup/runKernel.ts";
import { allowedError } from "../setup/tolerances.ts";
import { statisticsReference, sumsReference } from "./batchNormReference.ts";
import { scattered } from "./matmulReference.ts";
import { normFills } from "./normReference.ts";
import { worstNormalizedError } from "./softmaxReference.ts";

/** Batch, channels, length and slabs: single values, quads and not, more than a workgroup, rows shorter than its stride. */
const cuts = [
  [2, 1, 1, 1],
  [1, 3, 2, 1],
  [3, 2, 4, 1],
  [2, 5, 7, 2],
  [67, 3, 1, 1],
  [65, 2, 4, 3],
  [3, 2, 68, 2],
  [1, 1, 1027, 1],
  [5, 4, 251, 4],
  [2, 3, 1028, 2],
  [300, 2, 5, 3],
  [40, 1, 100, 7],
] as const;

const variants: readonly ChannelVariant[] = ["planes", "serial"];
/** Two workgroups in a dimension, so that every launch is folded. */
const narrow = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 2 };
const fallback = profiles[1];
/** The bar of gradients in units of the class's. */
const GRADIENT = 4;

function sizesOf([batch, channels, length, slabs]: readonly [
  number,
  number,
  number,
  number,
]): BatchStatisticsSizes {
  return { batch, channels, length, slabs, eps: 1e-5 };
}

function drawn(length: number, fill: (index: number) => number): Float32Array {
  return Float32Array.from({ length }, (_, index) => fill(index));
}

/** The statistics of x [5, channels] by the kernels under test, slabs put together. */
async function measured(
  variant: ChannelVariant,
  sizes: BatchStatisticsSizes,
  x: Float32Array,
  device = narrow,
) {
  const { channels, slabs } = sizes;
  const launch = batchNormStatisticsVariant(variant, sizes, device);
  const parts = await runKernel(launch, { x }, 5 * slabs * channels);
  if (slabs === 1) return parts;
  return runKernel(batchNormStatisticsMerge(sizes, device), { parts }, 5 * channels);
}

/** Checks statistics as what they are for: normalised values, averages of moments, and scales. */
function expectStatistics(
  statistics: Float32Array,
  x: Float32Array,
  sizes: BatchStatisticsSizes,
  what: string,
): void {
  const { channels, length } = sizes;
  const expected = statisticsReference(x, sizes);
  const row = (index: number) => statistics.subarray(index * channels, (index + 1) * channels);
  const [means, variances, centers, drifts, scales] = [0, 1, 2, 3, 4].map(row);
  const check = (name: string, actual: Float32Array, wanted: readonly number[]) =>
    expect(worstNormalizedError(actual, Float64Array.from(wanted)), `${name} of ${what}`).toBeLessThan(1);
  check(
    "means",
    means,
    expected.map(({ mean }) => mean),
  );
  check(
    "variances",
    variances,
    expected.map(({ variance }) => variance),
  );
  check(
    "scales",
    scales,
    expected.map(({ scale }) => scale),
  );
  const at = (index: number) => Math.floor(index / length) % channels;
  // As the elementwise work that follows computes it, each step rounded.
  const normalised = x.map((value, index) => {
    const centered = Math.fround(value - centers[at(index)]);
    return Math.fround(centered - drifts[at(index)]) * scales[at(index)];
  });
  const wanted = Array.from(
    x,
    (value, index) => (value - expected[at(index)].mean) * expected[at(index)].scale,
  );
  check("normalised values", normalised, wanted);
}

for (const variant of variants) {
  describe(variant, () => {
    test.each(Object.entries(normFills))("statistics of %s", async (name, fill) => {
      for (const cut of cuts) {
        const sizes = sizesOf(cut);
        const x = drawn(cut[0] * cut[1] * cut[2], fill);
        expectStatistics(await measured(variant, sizes, x), x, sizes, `${name} [${cut.join(", ")}]`);
      }
    });

    test("statistics of many values that are rounded the same way when added one by one", async () => {
      for (const slabs of [1, 5]) {
        const sizes = { batch: 4, channels: 2, length: 25_000, slabs, eps: 1e-5 };
        const x = drawn(200_000, (index) => (index % 25_000 < 4 ? 400 : index % 2 === 0 ? 0.17 : 0.1));
        expectStatistics(await measured(variant, sizes, x), x, sizes, `${slabs} slabs`);
      }
    });

    test("slabs whose means are far apart, and a last one of a single value", async () => {
      const far = sizesOf([8, 2, 60, 8]);
      const x = drawn(960, (index) => 1000 * Math.floor(index / 120) + scattered(3)(index));
      expectStatistics(await measured(variant, far, x), x, far, "means far apart");
      const lone = sizesOf([7, 1, 1, 2]);
      const few = drawn(7, scattered(4));
      expectStatistics(await measured(variant, { ...lone, slabs: 7 }, few), few, lone, "seven slabs of one");
      expectStatistics(await measured(variant, lone, few), few, lone, "four and three");
    });

    test("NaN spoils its channel alone", async () => {
      for (const slabs of [1, 2]) {
        const sizes = sizesOf([3, 3, 8, slabs]);
        const x = drawn(72, scattered(2));
        x[57] = Number.NaN; // item 2, channel 1: in the second slab, so that the center of the first is known
        const bad = [...(await measured(variant, sizes, x))].map(Number.isNaN);
        expect(bad).toEqual([0, 1, 2, 3, 4].flatMap((row) => [false, row !== 2 || slabs === 1, false]));
      }
    });

    test("sums of the backward pass", async () => {
      for (const device of [narrow, fallback]) {
        for (const cut of cuts) {
          const sizes = sizesOf(cut);
          const { channels, slabs } = sizes;
          const x = drawn(cut[0] * cut[1] * cut[2], normFills["a mean of 1000 and a deviation of 1"]);
          const dy = drawn(x.length, scattered(13));
          const statistics = await measured(variant, sizes, x);
          const launch = batchNormSumsVariant(variant, sizes, device);
          const parts = await runKernel(launch, { x, dy, statistics }, 2 * slabs * channels);
          const total = (row: number) =>
            Float32Array.from({ length: channels }, (_, channel) => {
              let sum = 0;
              for (let slab = 0; slab < slabs; slab++) sum += parts[(2 * slab + row) * channels + channel];
              return sum;
            });
          const { weight, bias } = sumsReference(x, dy, sizes);
          const what = `[${cut.join(", ")}]`;
          expect(worstNormalizedError(total(0), weight), `weight ${what}`).toBeLessThan(GRADIENT);
          expect(worstNormalizedError(total(1), bias), `bias ${what}`).toBeLessThan(GRADIENT);
        }
      }
    });

    test("sums of small whole numbers are exact", async () => {
      for (const cut of cuts) {
        const sizes = sizesOf(cut);
        const { channels, slabs } = sizes;
        const count = cut[0] * cut[1] * cut[2];
        const x = drawn(count, (index) => (index * 7) % 11);
        const dy = drawn(count, (index) => ((index * 5) % 13) - 6);
        const statistics = Float32Array.from(
          { length: 5 * channels },
          (_, index) => [0, 0, 3, 1, 2][Math.floor(index / channels)],
        );
        const parts = await runKernel(
          batchNormSumsVariant(variant, sizes, narrow),
          { x, dy, statistics },
          2 * slabs * channels,
        );
        const expected = new Array(2 * channels).fill(0);
        dy.forEach((pull, index) => {
          const channel = Math.floor(index / cut[2]) % channels;
          expected[channel] += 2 * pull * (x[index] - 4);
          expected[channels + channel] += pull;
        });
        const actual = expected.map((_, index) => {
          let sum = 0;
          for (let slab = 0; slab < slabs; slab++) sum += parts[slab * 2 * channels + index];
          return sum;
        });
        expect(actual, `[${cut.join(", ")}]`).toEqual(expected);
      }
    });
  });
}

describe("what is computed for every element", () => {
  const [, ...shaped] = cuts;

  test.each([
    ["gpu", narrow],
    ["fallback", { ...fallback, maxWorkgroupsPerDimension: 2 }],
  ] as const)("forward, %s", async (_, device) => {
    for (const cut of shaped) {
      const sizes = sizesOf([cut[0], cut[1], cut[2], 1]);
      const x = drawn(cut[0] * cut[1] * cut[2], normFills["a mean of 1000 and a deviation of 1"]);
      const w = drawn(cut[1], (index) => 1 + 0.5 * scattered(11)(index));
      const b = drawn(cut[1], scattered(12));
      const statistics = await measured("serial", sizes, x);
      const y = await runKernel(batchNormApply(sizes, device), { x, w, b, statistics }, x.length);
      const known = statisticsReference(x, sizes);
      const expected = Float64Array.from(x, (value, index) => {
        const channel = Math.floor(index / cut[2]) % cut[1];
        const { mean, scale } = known[channel];
        return (value - mean) * scale * w[channel] + b[channel];
      });
      expect(worstNormalizedError(y, expected), `[${cut.join(", ")}]`).toBeLessThan(1);
    }
  });

  test.each([
    ["gpu", narrow],
    ["fallback", { ...fallback, maxWorkgroupsPerDimension: 2 }],
  ] as const)("backward, %s", async (_, device) => {
    for (const cut of shaped) {
      const sizes = sizesOf([cut[0], cut[1], cut[2], 1]);
      const x = drawn(cut[0] * cut[1] * cut[2], normFills["a mean of 1000 and a deviation of 1"]);
      const w = drawn(cut[1], (index) => 1 + 0.5 * scattered(11)(index));
      const dy = drawn(x.length, scattered(13));
      const statistics = await measured("serial", sizes, x);
      const { weight, bias } = sumsReference(x, dy, sizes);
      const sums = Float32Array.from([...weight, ...bias]);
      const launch = batchNormInputGradient(sizes, device);
      const dx = await runKernel(launch, { x, w, dy, statistics, sums }, x.length);
      const known = statisticsReference(x, sizes);
      const count = cut[0] * cut[2];
      const at = (index: number) => Math.floor(index / cut[2]) % cut[1];
      // A gradient is as large as one over the deviation: what is compared is free of it.
      const expected = Float64Array.from(x, (value, index) => {
        const { mean, scale } = known[at(index)];
        const xh = (value - mean) * scale;
        return (dy[index] - bias[at(index)] / count - (xh * weight[at(index)]) / count) * w[at(index)];
      });
      const unscaled = dx.map((value, index) => value / known[at(index)].scale);
      expect(worstNormalizedError(unscaled, expected), `[${cut.join(", ")}]`).toBeLessThan(GRADIENT);
    }
  });
});

test("one value per channel has variance 0", async () => {
  for (const variant of variants) {
    const sizes = sizesOf([1, 2, 1, 1]);
    const statistics = await measured(variant, sizes, Float32Array.of(3, -4));
    const scale = 1 / Math.sqrt(1e-5);
    const expected = [3, -4, 0, 0, 3, -4, 0, 0, scale, scale];
    expected.forEach((value, index) => {
      const comparison = { expected: value, input: value, magnitude: Math.abs(value) };
      const bar = allowedError({ family: "normalised" }, comparison);
      expect(Math.abs(statistics[index] - value), `element ${index}`).toBeLessThanOrEqual(bar);
    });
  }
});

describe("choice", () => {
  const [gpu] = profiles;

  test("follows the number of values and the device", () => {
    const names = (batch: number, length: number) => {
      const sizes = { batch, channels: 8, length, slabs: 1, eps: 1e-5 };
      return [gpu, fallback].flatMap((device) => [
        batchNormStatistics(sizes, device).kernel.name,
        batchNormSums(sizes, device).kernel.name,
      ]);
    };
    const serial = ["batch_norm_statistics_serial", "batch_norm_sums_serial"];
    expect(names(16, 1)).toEqual([...serial, ...serial]);
    expect(names(4, 16)).toEqual([...serial, ...serial]);
    expect(names(17, 1)).toEqual(["batch_norm_statistics_planes", "batch_norm_sums_planes", ...serial]);
  });

  test("slabs hold all values, none is empty, and none is longer than adding up in a row allows", () => {
    for (const device of [gpu, fallback]) {
      for (const batch of [1, 2, 3, 64, 257, 4096]) {
        for (const length of [1, 3, 4, 49, 1024, 65_536]) {
          for (const channels of [1, 3, 64, 1000]) {
            if (batch * length * channels > 2 ** 28) continue;
            const extent = { batch, channels, length };
            const slabs = batchNormSlabs(extent, device);
            const launch = batchNormSums({ ...extent, slabs }, device);
            const { slabUnits } = launch.params;
            const units = (batch * length) / (length % 4 === 0 ? 4 : 1);
            const what = `${device.kind} [${batch}, ${channels}, ${length}] in ${slabs} slabs of ${slabUnits}`;
            expect(slabs * slabUnits, what).toBeGreaterThanOrEqual(units);
            expect((slabs - 1) * slabUnits, what).toBeLessThan(units);
            if (device === gpu) expect(slabUnits, what).toBeLessThanOrEqual(64 * 256);
          }
        }
      }
    }
  });

  test("few channels of many values are cut, many channels are not", () => {
    const slabs = (channels: number, device = gpu) =>
      batchNormSlabs({ batch: 64, channels, length: 1024 }, device);
    expect([1, 2, 64, 128].map((channels) => slabs(channels))).toEqual([4, 4, 2, 1]);
    expect([1, 2, 8, 16].map((channels) => slabs(channels, fallback))).toEqual([16, 8, 2, 1]);
    expect(batchNormSlabs({ batch: 4, channels: 0, length: 256 }, gpu)).toBe(1);
  });
});
