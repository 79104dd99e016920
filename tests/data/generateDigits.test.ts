import { describe, expect, it } from "vitest";
import { drawDigit, generateDigits } from "../../src/data/generateDigits.ts";
import { seededRandom } from "../../src/data/seededRandom.ts";

function checksum(bytes: Uint8Array): number {
  return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
}

function inkOf(picture: Uint8Array): number {
  return picture.reduce((sum, value) => sum + value, 0);
}

describe("generateDigits", () => {
  const digits = generateDigits({ count: 2000, seed: 5 });
  const picture = (i: number) => digits.images.subarray(i * 784, (i + 1) * 784);

  it("has every digit once among each ten, in an order that changes", () => {
    expect(digits.labels.length).toBe(2000);
    const orders = new Set<string>();
    for (let i = 0; i < 2000; i += 10) {
      const ten = digits.labels.subarray(i, i + 10);
      expect([...ten].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      orders.add(ten.join(""));
    }
    expect(orders.size).toBeGreaterThan(190);
  });

  it("depends on the seed alone, and more begin with the same", () => {
    const again = generateDigits({ count: 37, seed: 5 });
    expect(again.images).toEqual(digits.images.subarray(0, 37 * 784));
    expect(again.labels).toEqual(digits.labels.subarray(0, 37));
    expect(generateDigits({ count: 37, seed: 6 }).images).not.toEqual(again.images);
  });

  it("draws each digit white on black, with room around it", () => {
    for (let i = 0; i < 2000; i++) {
      const ink = inkOf(picture(i)) / 255;
      expect(ink, `picture ${i}`).toBeGreaterThan(12);
      expect(ink, `picture ${i}`).toBeLessThan(784 / 2);
      const border = [...picture(i)].filter(
        (_, at) => at < 28 || at >= 756 || at % 28 === 0 || at % 28 === 27,
      );
      expect(inkOf(Uint8Array.from(border)) / 255, `picture ${i}`).toBeLessThan(3); // of 108 pixels: the thickest pens may touch it
      expect(Math.max(...picture(i)), `picture ${i}`).toBeGreaterThan(140);
    }
  });

  it("draws no two alike", () => {
    expect(new Set(Array.from({ length: 2000 }, (_, i) => checksum(picture(i)))).size).toBe(2000);
  });

  it("draws digits that can be told apart, but not by a glance at the mean", () => {
    // The nearest class mean: far above chance (0.1), far below what a network reaches (0.98).
    const means = Array.from({ length: 10 }, () => new Float64Array(784));
    for (let i = 0; i < 1500; i++)
      picture(i).forEach((value, at) => (means[digits.labels[i]][at] += value / 150));
    let right = 0;
    for (let i = 1500; i < 2000; i++) {
      const distances = means.map((mean) => mean.reduce((sum, m, at) => sum + (m - picture(i)[at]) ** 2, 0));
      if (distances.indexOf(Math.min(...distances)) === digits.labels[i]) right++;
    }
    expect(right / 500).toBeGreaterThan(0.5);
    expect(right / 500).toBeLessThan(0.9);
  });

  it("draws at other sizes", () => {
    for (const size of [8, 16, 64]) {
      const { images, labels } = generateDigits({ count: 20, seed: 1, size });
      expect(images.length).toBe(20 * size * size);
      expect(labels.length).toBe(20);
      // The share of ink is that of the design size, for the pen scales with the picture.
      expect(
        inkOf(images) / images.length / (inkOf(generateDigits({ count: 20, seed: 1 }).images) / (20 * 784)),
      ).toBeCloseTo(1, 0);
    }
  });

  it("refuses what it cannot draw", () => {
    expect(() => generateDigits({ count: -1, seed: 1 })).toThrow(
      "generateDigits: count is -1; it must be a whole number from 0.",
    );
    expect(() => generateDigits({ count: 1, seed: 0.5 })).toThrow("a seed or path number is 0.5");
    expect(() => generateDigits({ count: 1, seed: 1, size: 7 })).toThrow(
      "generateDigits: size is 7; it must be a whole number from 8 to 256.",
    );
    expect(() => drawDigit(10, seededRandom(1))).toThrow(
      "drawDigit: label is 10; it must be a whole number from 0 to 9.",
    );
    expect(() => drawDigit(1, seededRandom(1), 1000)).toThrow("drawDigit: size is 1000");
    expect(generateDigits({ count: 0, seed: 1 }).images.length).toBe(0);
  });

  it("makes 10,000 in six seconds of a core", () => {
    const before = process.cpuUsage();
    generateDigits({ count: 10_000, seed: 9 });
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(6);
  });
});
