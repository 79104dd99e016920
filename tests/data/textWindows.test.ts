import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import { range } from "../../src/base/integers.ts";
import { DataLoader } from "../../src/data/dataLoader.ts";
import { OrderedWindows, TextWindows } from "../../src/data/textWindows.ts";

const corpus = Int32Array.from(range(0, 100));

describe("TextWindows", () => {
  it("gives windows with the tokens that follow", () => {
    const windows = new TextWindows(corpus, { context: 8, batchSize: 5, seed: 1 });
    const { tokens, targets } = windows.batchAt(0);
    expect([tokens.shape, targets.shape]).toEqual([
      [5, 8],
      [5, 8],
    ]);
    expect([...targets.data]).toEqual([...tokens.data].map((token) => token + 1));
    for (const row of range(0, 5)) {
      const start = tokens.data[row * 8];
      expect([...tokens.data.subarray(row * 8, row * 8 + 8)]).toEqual(range(start, start + 8));
    }
    expect(tokens.data).toBeInstanceOf(Int32Array);
  });

  it("depends on seed and step alone, so that it goes on at any step", () => {
    const options = { context: 8, batchSize: 5, seed: 1 };
    const batches = range(0, 20).map((step) => new TextWindows(corpus, options).batchAt(step));
    const windows = new TextWindows(corpus, options);
    expect(range(0, 20).map((i) => windows.batchAt(19 - i))).toEqual(batches.toReversed());
    expect(new Set(batches.map(({ tokens }) => tokens.data.join())).size).toBe(20);
    expect(new TextWindows(corpus, { ...options, seed: 2 }).batchAt(0)).not.toEqual(batches[0]);
  });

  it("begins at every place equally often, the first and the last included", () => {
    const windows = new TextWindows(Int32Array.from(range(0, 12)), { context: 4, batchSize: 100 });
    expect(windows.starts).toBe(8);
    const counts = new Array<number>(8).fill(0);
    for (const step of range(0, 80)) {
      const { tokens } = windows.batchAt(step);
      for (const row of range(0, 100)) counts[tokens.data[row * 4]]++;
    }
    const chiSquared = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquared).toBeLessThan(24.3); // 7 degrees of freedom, p = 0.001
  });

  it("takes the shortest corpus there may be, and any array of numbers", () => {
    const windows = new TextWindows([5, 6, 7], { context: 2, batchSize: 2 });
    expect(windows.batchAt(3).targets.data).toEqual(Int32Array.of(6, 7, 6, 7));
    expect(
      new TextWindows(Uint16Array.of(1, 2), { context: 1, batchSize: 1 }).batchAt(0).tokens.data[0],
    ).toBe(1);
  });

  it.each<[make: () => unknown, message: string]>([
    [
      () => new TextWindows([], { context: 2, batchSize: 1 }),
      "TextWindows: the corpus is empty; it must have at least context + 1 tokens.",
    ],
    [
      () => new TextWindows([1, 2], { context: 2, batchSize: 1 }),
      "TextWindows: the corpus has 2 tokens, context is 2; it must have at least context + 1 = 3.",
    ],
    [
      () => new TextWindows([1, -1], { context: 1, batchSize: 1 }),
      "TextWindows: token 1 is -1; it must be a whole number from 0 to 2147483647.",
    ],
    [() => new TextWindows([1, 0.5], { context: 1, batchSize: 1 }), "TextWindows: token 1 is 0.5"],
    [
      () => new TextWindows([1, 7], { context: 1, batchSize: 1, vocabularySize: 7 }),
      "TextWindows: token 1 is 7; it must be a whole number from 0 to 6.",
    ],
    [
      () => new TextWindows(corpus, { context: 0, batchSize: 1 }),
      "TextWindows: context is 0; it must be a whole number from 1.",
    ],
    [
      () => new TextWindows(corpus, { context: 1, batchSize: 0 }),
      "TextWindows: batchSize is 0; it must be a whole number from 1.",
    ],
    [
      () => new TextWindows(corpus, { context: 1, batchSize: 1, seed: -1 }),
      "TextWindows: seed is -1; it must be a whole number from 0 to 2^53 - 1.",
    ],
    [() => new TextWindows(corpus, { context: 1, batchSize: 1 }).batchAt(-1), "TextWindows: step is -1"],
    [() => new OrderedWindows([1], { context: 1 }), "OrderedWindows: the corpus has 1 tokens, context is 1"],
    [
      () => new OrderedWindows(corpus, { context: 9 }).gatherBatch([0, 11]),
      "gatherBatch: index 1 is 11; it must be a whole number from 0 to 10.",
    ],
    [
      () => [...new OrderedWindows(corpus, { context: 9 }).batches(12)],
      "OrderedWindows: batchSize is 12, the data set has 11 items",
    ],
  ])("%o is refused", (make, message) => {
    expect(make).toThrow(UsageError);
    expect(make).toThrow(message);
  });
});

describe("OrderedWindows", () => {
  it("asks for each token once, in order", () => {
    const windows = new OrderedWindows(corpus, { context: 9 });
    expect(windows.length).toBe(11);
    const batches = [...windows.batches(4)];
    expect(batches.map(({ tokens }) => tokens.shape)).toEqual([
      [4, 9],
      [4, 9],
      [3, 9],
    ]);
    expect(batches.flatMap(({ tokens }) => [...tokens.data])).toEqual(range(0, 99));
    expect(batches.flatMap(({ targets }) => [...targets.data])).toEqual(range(1, 100));
  });

  it("leaves out at the end what fills no window", () => {
    expect(new OrderedWindows(corpus, { context: 10 }).length).toBe(9);
    expect(new OrderedWindows(corpus, { context: 99 }).length).toBe(1);
  });

  it("is a data set for DataLoader", () => {
    const loader = new DataLoader(new OrderedWindows(corpus, { context: 9 }), { batchSize: 4 });
    expect(loader.length).toBe(3);
    expect([...loader.dataset.gatherBatch([10]).tokens.data]).toEqual(range(90, 99));
  });
});
