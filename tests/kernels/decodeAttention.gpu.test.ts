// Decode attention, whole and in parts, against the float64 definition; what lies behind the valid keys is NaN.

import { describe, expect, test } from "vitest";
import {
  type DecodeSizes,
  decodeAttention,
  decodeAttentionMerge,
  decodeAttentionRows,
  decodeAttentionSerial,
  decodeSplits,
  decodeStride,
} from "../../src/kernels/decodeAttention.ts";
import { DEFAULT_PROFILE } from "../../src/kernels/kernel.ts";
import { profiles, runKernel } from "../setup/runKernel.ts";
import { type DecodeData, decodeReference } from "./decodeAttentionReference.ts";
import { scattered } from "./matmulReference.ts";
import { worstNormalizedError } from "./softmaxReference.ts";

const narrow = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 3 };

function sizesOf(
  [batch, heads, kvHeads, queries, capacity, depth, width]: readonly number[],
  scale = 1 / Math.sqrt(depth),
): DecodeSizes {
  return { batch, heads, kvHeads, queries, capacity, depth, width, scale };
}

/** Keys and values that no query sees are NaN. */
function dataOf(sizes: DecodeSizes, lengths: readonly number[], spread = 1): DecodeData {
  const { batch, heads, kvHeads, queries, capacity, depth, width } = sizes;
  const isValid = (key: number, item: number) =>
    key < Math.min(capacity, Math.max(0, Math.min(capacity, lengths[item]) + queries - 1));
  const cache = (columns: number, fill: (index: number) => number) =>
    Float32Array.from({ length: batch * kvHeads * capacity * columns }, (_, index) => {
      const line = Math.floor(index / columns);
      return isValid(line % capacity, Math.floor(line / capacity / kvHeads)) ? fill(index) : Number.NaN;
    });
  const fillQ = scattered(1);
  return {
    q: Float32Array.from({ length: batch * heads * queries * depth }, (_, index) => spread * fillQ(index)),
    keys: cache(depth, scattered(2)),
    values: cache(width, scattered(3)),
    lengths: Int32Array.from(lengths),
  };
}

async function run(
  attention: typeof decodeAttention,
  sizes: DecodeSizes,
  splits: number,
  data: DecodeData,
): Promise<Float32Array> {
  const { batch, heads, queries, width } = sizes;
  const rows = batch * heads * queries;
  const dispatch = attention({ ...sizes, splits }, narrow);
  if (splits === 1) return await runKernel(dispatch, { ...data }, rows * width);
  const x = await runKernel(dispatch, { ...data }, rows * splits * decodeStride(width));
  return await runKernel(decodeAttentionMerge({ rows, splits, width }, narrow), { x }, rows * width);
}

const cases: [name: string, sizes: DecodeSizes, lengths: number[]][] = [
  ["one of each", sizesOf([1, 1, 1, 1, 1, 1, 1]), [1]],
  ["a head of GPT-2", sizesOf([1, 3, 3, 1, 200, 64, 64]), [130]],
  ["grouped heads", sizesOf([2, 6, 2, 1, 131, 16, 16]), [64, 129]],
  ["several queries, odd sizes", sizesOf([2, 3, 1, 5, 70, 7, 9]), [3, 66]],
  ["eight queries, and wide values", sizesOf([1, 2, 2, 8, 67, 5, 130]), [60]],
  [
    "nothing valid, one key, a full and an overfull cache",
    sizesOf([4, 1, 1, 2, 65, 8, 12]),
    [0, 1, 65, 1000],
  ],
  ["lengths beyond all bounds", sizesOf([2, 1, 1, 8, 33, 4, 20]), [-3, 2147483647]],
  ["more than 256 columns", sizesOf([1, 1, 1, 1, 9, 260, 260]), [7]],
];

for (const attention of [decodeAttentionRows, decodeAttentionSerial]) {
  describe(attention.name, () => {
    test.each(cases)("%s", async (_name, sizes, lengths) => {
      const data = dataOf(sizes, lengths);
      const expected = decodeReference(sizes, data);
      for (const splits of [1, 3]) {
        const y = await run(attention, sizes, splits, data);
        expect(worstNormalizedError(y, expected), `${splits} parts`).toBeLessThan(1);
      }
    });

    test("scores of thousands", async () => {
      const sizes = sizesOf([1, 1, 1, 3, 150, 12, 8], 1000);
      const data = dataOf(sizes, [140], 3);
      const y = await run(attention, sizes, 4, data);
      expect(worstNormalizedError(y, decodeReference(sizes, data))).toBeLessThan(1);
    });

    test("NaN in a key spoils the rows that see it, and only these", async () => {
      const sizes = sizesOf([1, 2, 2, 2, 80, 8, 8]);
      const data = dataOf(sizes, [70]);
      data.keys[70 * 8 + 3] = Number.NaN; // the last key that the second query of the first head sees
      for (const splits of [1, 2]) {
        const y = await run(attention, sizes, splits, data);
        const isBad = [false, true, false, false].flatMap((bad) => Array(8).fill(bad));
        expect([...y].map(Number.isNaN)).toEqual(isBad);
      }
    });
  });
}

test("the keys are cut where they may be many and workgroups are few", () => {
  const [gpu, fallback] = profiles;
  const splits = (shape: readonly number[]) => profiles.map((device) => decodeSplits(sizesOf(shape), device));
  expect(splits([1, 12, 12, 1, 1024, 64, 64])).toEqual([16, 6]);
  expect(splits([1, 12, 12, 1, 128, 64, 64])).toEqual([1, 1]);
  expect(splits([64, 12, 12, 1, 1024, 64, 64])).toEqual([1, 1]);
  expect(splits([1, 1, 1, 1, 100_000, 64, 64])).toEqual([64, 64]);
  const sizes = { ...sizesOf([1, 2, 2, 1, 9, 4, 4]), splits: 1 };
  expect([gpu, fallback].map((device) => decodeAttention(sizes, device).kernel.name)).toEqual([
    "decode_attention_rows",
    "decode_attention_serial",
  ]);
});
