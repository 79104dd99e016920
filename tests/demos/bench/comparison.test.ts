// What stands beside what: whose a line is, what it is compared with, and what is never compared.

import { describe, expect, test } from "vitest";
import { mergedResults } from "../../../bench/figures/results.ts";
import { Comparison, knownLosses } from "../../../demos/bench/comparison.ts";
import { failedRow, measuredRow, resultsWith, secondDay } from "../../tooling/benchRows.ts";

const product = { flops: 2e9, bytes: 12e6 };

const stored = resultsWith([
  measuredRow("matmul-512", "ours", 100, product),
  measuredRow("matmul-512", "jax", 150, product),
  measuredRow("train-lenet", "ours", 20),
  measuredRow("train-resnet18-cifar", "ours", 90),
  measuredRow("floor-fma", "raw", 10, { flops: 4e9 }),
  measuredRow("floor-copy", "raw", 10, { bytes: 12e6 }),
]);

function ownWith(rows: Parameters<typeof resultsWith>[0], scale: "hardware" | "software" = "software") {
  return resultsWith(rows, { adapter: `${scale} another`, scale, date: secondDay });
}

describe("lines", () => {
  test("of one engine stand together, the stored one first, each with whose it is", () => {
    const own = ownWith([
      measuredRow("matmul-512", "jax", 30, product),
      measuredRow("matmul-512", "ours", 25, product),
    ]);
    const lines = new Comparison(stored, own).linesOf("matmul-512");
    expect(lines.map(({ row, whose }) => `${row.engine} ${whose}`)).toEqual([
      "ours stored",
      "ours own",
      "jax stored",
      "jax own",
    ]);
    expect(lines.map(({ timesOurs }) => timesOurs)).toEqual([undefined, undefined, 1.5, 1.2]);
    expect(lines.map(({ timesStored }) => timesStored)).toEqual([undefined, 4, undefined, 5]);
  });

  test("have rates, and a share of the roof where their own run measured it", () => {
    const own = ownWith([measuredRow("matmul-512", "ours", 25, product)]);
    const [first, second] = new Comparison(stored, own).linesOf("matmul-512");
    // 400 GFLOP/s and 1.2 GB/s at the most: the product's bytes take 10 ms of its 100.
    expect(first).toMatchObject({ gigaflops: 20, gigabytes: 0.12, roofShare: 0.1 });
    expect(second).toMatchObject({ gigaflops: 80, gigabytes: 0.48, roofShare: undefined });
  });

  test("are of one run where there is one, and none where there is nothing", () => {
    expect(new Comparison(stored, undefined).linesOf("matmul-512")).toHaveLength(2);
    expect(new Comparison(undefined, stored).linesOf("matmul-512")[0]).toMatchObject({
      whose: "own",
      timesStored: undefined,
    });
    expect(new Comparison(undefined, undefined).linesOf("matmul-512")).toEqual([]);
  });

  test("compare with nothing that failed, nor engines of two days", () => {
    const own = ownWith([
      failedRow("matmul-512", "ours", "wrong product"),
      measuredRow("matmul-512", "jax", 5),
    ]);
    expect(new Comparison(stored, own).linesOf("matmul-512").map(({ timesOurs }) => timesOurs)).toEqual([
      undefined,
      undefined,
      1.5,
      undefined,
    ]);
    const later = resultsWith([measuredRow("matmul-512", "jax", 200, product)], { date: secondDay });
    const merged = mergedResults(stored, later);
    const [, jax] = new Comparison(merged, undefined).linesOf("matmul-512");
    expect(jax).toMatchObject({ row: { medianMs: 200 }, timesOurs: undefined });
  });
});

describe("two machines", () => {
  const own = ownWith(
    [
      measuredRow("matmul-512", "ours", 1, product),
      measuredRow("matmul-512", "jax", 3, { flops: 9e9, bytes: 1e6 }),
      measuredRow("train-lenet", "ours", 2),
      measuredRow("train-resnet18-cifar", "ours", 9),
    ],
    "hardware",
  );
  const comparison = new Comparison(stored, own);
  const speed = (name: string) =>
    comparison.linesOf(name).flatMap(({ whose, timesStored }) => (whose === "own" ? [timesStored] : []));

  test("are compared where they did the same, also at different scales", () => {
    expect(speed("matmul-512")).toEqual([100, undefined]);
    expect(speed("train-lenet")).toEqual([10]);
    expect(speed("train-resnet18-cifar")).toEqual([undefined]);
  });

  test("are said to have done something else where they did", () => {
    expect(comparison.hasOtherSizes("train-resnet18-cifar")).toBe(true);
    expect(comparison.hasOtherSizes("train-lenet")).toBe(false);
    expect(comparison.hasOtherSizes("floor-fma")).toBe(false);
    expect(new Comparison(stored, undefined).hasOtherSizes("train-lenet")).toBe(false);
  });

  test("are compared over all cases by tilegrad's geometric mean", () => {
    const names = ["matmul-512", "train-lenet", "train-resnet18-cifar"];
    const overall = comparison.meanTimesStored(names);
    expect(overall?.count).toBe(2);
    expect(overall?.mean).toBeCloseTo(Math.sqrt(1000), 9);
    expect(comparison.meanTimesStored(["floor-fma"])).toBeUndefined();
  });
});

describe("known losses", () => {
  const losses = [2.3, 2.2];
  const runs = [
    resultsWith([failedRow("train-lenet", "ours", "none")]),
    resultsWith([
      measuredRow("train-lenet", "jax", 1, { losses: [9, 9] }),
      measuredRow("train-lenet", "ours", 1, { losses }),
      measuredRow("train-resnet18-cifar", "ours", 1, { losses }),
    ]),
  ];

  test("are tilegrad's of any run, but of steps that are larger elsewhere only those of this scale", () => {
    expect(knownLosses(runs, "train-lenet", "hardware")).toEqual(losses);
    expect(knownLosses(runs, "train-resnet18-cifar", "software")).toEqual(losses);
    expect(knownLosses(runs, "train-resnet18-cifar", "hardware")).toBeUndefined();
    expect(knownLosses(runs, "train-gpt", "software")).toBeUndefined();
  });
});
