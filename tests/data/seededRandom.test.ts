import { describe, expect, it } from "vitest";
import { threefry2x32 } from "../../src/base/threefry.ts";
import { normalRandom, seededRandom } from "../../src/data/seededRandom.ts";
import { shuffledOrder } from "../../src/data/shuffledOrder.ts";

function take(count: number, random: () => number): number[] {
  return Array.from({ length: count }, random);
}

describe("threefry2x32", () => {
  it.each([
    [
      [0, 0],
      [0, 0],
      [0x6b200159, 0x99ba4efe],
    ],
    [
      [0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x1cb996fc, 0xbb002be7],
    ],
    [
      [0x13198a2e, 0x03707344],
      [0x243f6a88, 0x85a308d3],
      [0xc4923a9c, 0x483df7a0],
    ],
  ])("gives the published bits for key %j and counter %j", (key, counter, bits) => {
    expect(threefry2x32(key[0], key[1], counter[0], counter[1])).toEqual(bits);
  });
});

describe("seededRandom", () => {
  it("depends on the seed and the path, and on nothing else", () => {
    const numbers = take(20, seededRandom(7, 1, 2));
    expect(take(20, seededRandom(7, 1, 2))).toEqual(numbers);
    for (const other of [
      seededRandom(8, 1, 2),
      seededRandom(7, 2, 1),
      seededRandom(7, 1),
      seededRandom(7, 1, 2, 0),
    ]) {
      expect(take(20, other).filter((value) => numbers.includes(value))).toEqual([]);
    }
    expect(take(1, seededRandom(2 ** 32))).not.toEqual(take(1, seededRandom(0)));
  });

  it("keeps giving the numbers it gave before", () => {
    expect(take(3, seededRandom(1)).map((value) => value * 2 ** 32)).toMatchInlineSnapshot(`
      [
        2912272641,
        2895604388,
        96249305,
      ]
    `);
  });

  it("is uniform on [0, 1)", () => {
    const numbers = take(40_000, seededRandom(3));
    const counts = new Array<number>(16).fill(0);
    for (const value of numbers) counts[Math.floor(value * 16)]++;
    const expected = numbers.length / 16;
    const chiSquared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquared).toBeLessThan(37.7); // 15 degrees of freedom, p = 0.001
    expect(numbers.every((value) => value >= 0 && value < 1)).toBe(true);
  });

  it("makes normal deviates", () => {
    const random = seededRandom(5);
    const values = take(40_000, () => normalRandom(random));
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(values.length)); // 4 standard errors
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / values.length));
  });

  it("refuses seeds that are not whole", () => {
    for (const seed of [-1, 0.5, Number.NaN, 2 ** 53]) {
      expect(() => seededRandom(seed)).toThrow(
        `seededRandom: a seed or path number is ${seed}; it must be a whole number from 0 to 2^53 - 1.`,
      );
    }
    expect(() => seededRandom(1, -2)).toThrow("a seed or path number is -2");
  });
});

describe("shuffledOrder", () => {
  it("is a permutation, its own for each seed and epoch", () => {
    const order = shuffledOrder(1000, 4, 0);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(shuffledOrder(1000, 4, 0)).toEqual(order);
    expect(shuffledOrder(1000, 4, 1)).not.toEqual(order);
    expect(shuffledOrder(1000, 5, 0)).not.toEqual(order);
    expect([...shuffledOrder(0, 1, 1)]).toEqual([]);
    expect([...shuffledOrder(1, 1, 1)]).toEqual([0]);
  });

  it("makes all orders of three equally often", () => {
    const counts = new Map<string, number>();
    for (let epoch = 0; epoch < 6000; epoch++) {
      const key = shuffledOrder(3, 11, epoch).join("");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquared).toBeLessThan(20.5); // 5 degrees of freedom, p = 0.001
  });

  it("refuses lengths and epochs that are not whole", () => {
    expect(() => shuffledOrder(-1, 0, 0)).toThrow(
      "shuffledOrder: length is -1; it must be a whole number from 0 to 2^32 - 1.",
    );
    expect(() => shuffledOrder(2 ** 32, 0, 0)).toThrow("shuffledOrder: length is 4294967296");
    expect(() => shuffledOrder(3, 0, 0.5)).toThrow("a seed or path number is 0.5");
  });
});
