// Fused attention and its gradients: every kernel, forced, against the float64 definition; a gradient kernel is given what
// the forward kernel of its own variant wrote.

import { describe, expect, test } from "vitest";
import {
  type AttentionSizes,
  type AttentionVariant,
  attentionForward,
  attentionKeyValueGradient,
  attentionQueryGradient,
  attentionStats,
  attentionStatsStart,
  isAttentionComposed,
} from "../../src/kernels/attention.ts";
import { DEFAULT_PROFILE } from "../../src/kernels/kernel.ts";
import { profiles, runKernel, runKernelWithByproduct } from "../setup/runKernel.ts";
import {
  type AttentionInputs,
  type AttentionLayout,
  attentionCase,
  withStrides,
} from "./attentionReference.ts";
import { worstNormalizedError } from "./softmaxReference.ts";

const variants = ["registers", "registers8", "tiled"] as const;

/** Workgroups must be folded. */
const narrow = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 3 };

const plain: AttentionSizes = {
  batch: 1,
  heads: 1,
  keyHeads: 1,
  queries: 1,
  keys: 1,
  width: 8,
  valueWidth: 8,
  causal: false,
  scale: 0.8,
  mask: "none",
  dropout: 0,
};

function sized(width: number, [queries, keys]: readonly number[], more: Partial<AttentionSizes> = {}) {
  return { ...plain, width, valueWidth: width, queries, keys, ...more };
}

const shared = { heads: 4, keyHeads: 2 };

/** Every width, and every way to mask, at least once; then each length with kernels that are compiled by then. */
const cases: [name: string, sizes: AttentionSizes, layout?: AttentionLayout][] = [
  ["width 1, one of each", sized(1, [1, 1])],
  ["width 3, grouped heads, causal", sized(3, [15, 17], { ...shared, batch: 2, causal: true })],
  ["width 8, a bool mask", sized(8, [16, 17], { heads: 2, mask: "bool" })],
  ["width 33, an additive mask", sized(33, [17, 33], { mask: "additive" })],
  ["width 64, a projection", sized(64, [65, 65], { ...shared, causal: true }), "projection"],
  ["width 96, causal", sized(96, [64, 64], { causal: true })],
  ["width 128, values of 33", sized(128, [33, 15], { valueWidth: 33 })],
  ["width 3, values of 128", sized(3, [16, 64], { valueWidth: 128 })],
  ["width 256, causal", sized(256, [15, 17], { causal: true })],
  [
    "width 8, all at once",
    sized(8, [17, 65], { batch: 2, ...shared, causal: true, mask: "additive", dropout: 0.3 }),
  ],
  ["width 8, a mask for each key", sized(8, [33, 17], { heads: 2, mask: "bool" }), "per key"],
  ["width 8, queries of a longer projection", sized(8, [5, 65], { ...shared, causal: true }), "projection"],
  ...[1, 2, 15, 16, 17, 33, 64, 65, 127, 257].map(
    (length) =>
      [`causal, length ${length}`, sized(8, [length, length], { causal: true })] as [string, AttentionSizes],
  ),
  ["causal, length 1025", sized(8, [1025, 1025], { causal: true })],
  ["causal, 257 queries of 64 keys", sized(8, [257, 64], { causal: true })],
  ["causal, 64 queries of 257 keys", sized(8, [64, 257], { causal: true })],
  ["one query of 127 keys, causal", sized(8, [1, 127], { batch: 3, causal: true })],
  ["127 queries of one key, causal", sized(8, [127, 1], { batch: 3, causal: true })],
];

/** y, stats, dq and dk with dv by the kernels of a variant; y without what stands behind it. */
async function run(variant: AttentionVariant, sizes: AttentionSizes, { ports, strides }: AttentionInputs) {
  const { batch, heads, keyHeads, queries, keys, width, valueWidth } = sizes;
  const rows = batch * heads * queries;
  const packed = await runKernel(
    withStrides(attentionForward(sizes, narrow, variant), strides),
    ports,
    attentionStatsStart(sizes) + 2 * rows,
  );
  const launch = withStrides(attentionStats(sizes, profiles[variant === "tiled" ? 0 : 1]), strides);
  const stats = await runKernel(launch, { ...ports, y: packed }, 3 * rows);
  const query = withStrides(attentionQueryGradient(sizes, narrow, 1, variant), strides);
  const { output: dq, byproduct } = await runKernelWithByproduct(
    query,
    { ...ports, y: packed },
    rows * width,
    3 * rows,
  );
  return {
    y: packed.subarray(0, rows * valueWidth),
    stats,
    byproduct,
    dq,
    dkv: await runKernel(
      withStrides(attentionKeyValueGradient(sizes, narrow, variant), strides),
      { ...ports, stats },
      batch * keyHeads * keys * (width + valueWidth),
    ),
  };
}

/** Eight rows fit where the width is small; four of that width with a mask are what the op's own tests run. */
function variantsFor({ width, valueWidth, mask }: AttentionSizes): readonly AttentionVariant[] {
  if (Math.max(width, valueWidth) > 16) return ["registers", "tiled"];
  return mask === "none" ? variants : ["registers8", "tiled"];
}

// With the kernels of all variants at once: so their pipelines are compiled side by side.
test.each(cases)("%s", async (_name, sizes, layout: AttentionLayout = "own") => {
  const { inputs, expected } = attentionCase(sizes, layout);
  const check = async (variant: AttentionVariant) => {
    const actual = await run(variant, sizes, inputs);
    for (const [result, bar] of [
      ["y", 1],
      ["stats", 1],
      ["dq", 4],
      ["dkv", 4],
    ] as const)
      expect(worstNormalizedError(actual[result], expected[result]), `${variant}: ${result}`).toBeLessThan(
        bar,
      );
    expect(
      worstNormalizedError(actual.byproduct, expected.stats),
      `${variant}: stats as a by-product`,
    ).toBeLessThan(1);
  };
  await Promise.all(variantsFor(sizes).map(check));
});

describe.each(variants)("%s", (variant) => {
  test("gives the same bits each time", async () => {
    const sizes = sized(8, [65, 127], { ...shared, batch: 2, causal: true });
    const { inputs } = attentionCase(sizes, "own");
    expect(await run(variant, sizes, inputs)).toEqual(await run(variant, sizes, inputs));
  });

  test("no key gives 0, and a query without keys takes nothing", async () => {
    const sizes = sized(8, [3, 0], { heads: 2, causal: true });
    const zeros = new Array<number>(48).fill(0);
    const { ports } = attentionCase(sizes, "own").inputs;
    const packed = await runKernel(attentionForward(sizes, narrow, variant), ports, 48 + 12);
    expect([...packed.subarray(0, 48)]).toEqual(zeros);
    const gradient = attentionQueryGradient(sizes, narrow, 0, variant);
    expect([...(await runKernel(gradient, { ...ports, y: packed }, 48))]).toEqual(zeros);
  });
});

test("devices with cheap barriers take the tiled kernels, others registers", () => {
  const launches = [attentionForward, attentionQueryGradient, attentionKeyValueGradient];
  const names = profiles.map((device) => launches.map((launch) => launch(plain, device).kernel.name));
  expect(names).toEqual(
    ["tiled", "registers"].map((variant) => [
      `attention_forward_${variant}`,
      `attention_query_gradient_${variant}`,
      `attention_key_value_gradient_${variant}`,
    ]),
  );
});

test("registers hold eight rows where heads are narrow and there is much to do", () => {
  const rowsOf = (width: number, length: number) =>
    attentionForward(sized(width, [length, length], { heads: 4 }), profiles[1]).constants.ROWS;
  expect([rowsOf(16, 64), rowsOf(16, 63), rowsOf(17, 64)]).toEqual([8, 4, 4]);
});

test("whole matrices of scores are held for wide heads without cheap barriers, as long as they are small", () => {
  const isComposed = (width: number, length: number) =>
    profiles.map((device) => isAttentionComposed(sized(width, [length, length], { valueWidth: 8 }), device));
  expect(isComposed(32, 128)).toEqual([false, false]);
  expect(isComposed(33, 128)).toEqual([false, true]);
  expect(isComposed(64, 2048)).toEqual([false, true]);
  expect(isComposed(64, 2049)).toEqual([false, false]);
});
