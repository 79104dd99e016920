// Both variants of the filter and of the draw against plain sorting and summing in float64.

import { describe, expect, test } from "vitest";
import { DEFAULT_PROFILE } from "../../src/kernels/kernel.ts";
import {
  sampleCategorical,
  sampleCategoricalVariant,
  sampleFilter,
  sampleFilterVariant,
} from "../../src/kernels/sampling.ts";
import type { RowVariant } from "../../src/kernels/softmax.ts";
import { profiles, runKernel, runKernelToIntegers } from "../setup/runKernel.ts";
import { scattered } from "./matmulReference.ts";
import { rowsOf, worstNormalizedError } from "./softmaxReference.ts";

const narrow = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 2 };
const variants: readonly RowVariant[] = ["rows", "serial"];
const shapes = [
  [1, 1],
  [5, 2],
  [3, 31],
  [9, 64],
  [2, 257],
  [3, 1030],
  [1, 5001],
] as const;

interface Knobs {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
}

const settings: readonly Knobs[] = [
  { temperature: 1, topK: 2 ** 31 - 1, topP: 1 },
  { temperature: 0, topK: 5, topP: 0.5 },
  { temperature: 0.8, topK: 7, topP: 1 },
  { temperature: 1.5, topK: 1e9, topP: 0.9 },
  { temperature: 3, topK: 40, topP: 0.7 },
];

/** Logits of many ties, of none, and all the same. */
const fills: Readonly<Record<string, (index: number) => number>> = {
  "few values": (index) => Math.round(3 * scattered(1)(index)),
  "numbers of both signs": (index) => 10 * scattered(2)(index),
  "one value": () => -7,
};

function expected(logits: Float32Array, cols: number, { temperature, topK, topP }: Knobs): Float64Array {
  const rows = rowsOf(logits, cols).map((row) => {
    const ranked = [...row.keys()].sort((a, b) => row[b] - row[a] || a - b);
    const first = ranked.slice(0, temperature === 0 ? 1 : topK);
    const weightOf = (token: number) => Math.exp((row[token] - row[ranked[0]]) / (temperature || 1));
    const all = first.reduce((sum, token) => sum + weightOf(token), 0);
    let sum = 0;
    const kept = first.filter((token, index) => {
      const isKept = index === 0 || topP === 1 || sum < Math.fround(topP) * all;
      sum += isKept ? weightOf(token) : 0;
      return isKept;
    });
    return row.map((_, token) => (kept.includes(token) ? weightOf(token) / sum : 0));
  });
  return Float64Array.from(rows.flat());
}

for (const variant of variants) {
  describe(`filter, ${variant}`, () => {
    test.each(Object.entries(fills))("%s", async (_name, fill) => {
      for (const [rows, cols] of shapes) {
        const logits = Float32Array.from({ length: rows * cols }, (_, index) => fill(index));
        for (const knobs of settings) {
          const y = await runKernel(
            sampleFilterVariant(variant, { rows, cols }, narrow),
            {
              logits,
              temperature: new Float32Array(rows).fill(knobs.temperature),
              topK: new Int32Array(rows).fill(knobs.topK),
              topP: new Float32Array(rows).fill(knobs.topP),
            },
            rows * cols,
          );
          const error = worstNormalizedError(y, expected(logits, cols, knobs));
          expect(error, `[${rows}, ${cols}] ${JSON.stringify(knobs)}`).toBeLessThan(1);
        }
      }
    });
  });

  test(`draw, ${variant}: every mark falls on the token whose share holds it`, async () => {
    for (const [rows, cols] of shapes) {
      // Small whole numbers, so that sums are exact, and a quarter of them 0.
      const x = Float32Array.from({ length: rows * cols }, (_, index) => (index * 7) % 4);
      const u = Float32Array.from({ length: rows }, (_, row) => (row * 37 + 3) / 1024);
      const dispatch = sampleCategoricalVariant(variant, { rows, cols }, narrow);
      const drawn = await runKernelToIntegers(dispatch, { x, u }, rows);
      const wanted = rowsOf(x, cols).map((row, index) => {
        const total = row.reduce((a, b) => a + b, 0);
        let sum = 0;
        return row.findIndex((value) => {
          sum += value;
          return sum > u[index] * total;
        });
      });
      expect([...drawn], `[${rows}, ${cols}]`).toEqual(wanted);
    }
  });
}

test("the choice follows row length and device", () => {
  const names = (cols: number) =>
    profiles.flatMap((device) =>
      [sampleFilter, sampleCategorical].map((choose) => choose({ rows: 2, cols }, device).kernel.name),
    );
  const serial = ["sample_filter_serial", "sample_categorical_serial"];
  expect(names(32)).toEqual([...serial, ...serial]);
  expect(names(50257)).toEqual(["sample_filter_rows", "sample_categorical_rows", ...serial]);
});
