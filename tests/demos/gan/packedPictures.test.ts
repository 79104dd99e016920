// Pictures as short text, and when they are taken.

import { expect, test } from "vitest";
import { packPictures, unpackPictures } from "../../../demos/gan/packedPictures.ts";
import { isSampleDue } from "../../../demos/gan/sampleSteps.ts";

test("pictures come back in 16 shades", () => {
  const pixels = Uint8Array.from({ length: 256 }, (_, i) => i);
  const packed = packPictures(pixels);
  expect(packed).toHaveLength(4 * Math.ceil(128 / 3));
  const unpacked = unpackPictures(packed, 256);
  expect(new Set(unpacked).size).toBe(16);
  expect([unpacked?.[0], unpacked?.[255]]).toEqual([0, 255]);
  for (const [i, value] of pixels.entries()) expect(Math.abs(value - (unpacked?.[i] ?? 999))).toBeLessThan(9);
});

test("80 pictures of 32 pixels stay below 60 kB, as JSON", () => {
  expect(JSON.stringify(packPictures(new Uint8Array(80 * 32 * 32))).length).toBeLessThan(60_000);
});

test.each<[string, string]>([
  ["of another size", packPictures(new Uint8Array(4))],
  ["no base64", "*"],
])("text %s gives none", (_, text) => {
  expect(unpackPictures(text, 6)).toBeUndefined();
});

test("samples are taken more and more rarely", () => {
  const due = Array.from({ length: 1301 }, (_, step) => step).filter(isSampleDue);
  expect(due.slice(0, 12)).toEqual([0, 1, 2, 5, 10, 20, 30, 40, 50, 75, 100, 125]);
  expect(due.slice(-6)).toEqual([900, 950, 1000, 1100, 1200, 1300]);
});
