import { describe, expect, test } from "vitest";
import { hashBits, hashIntegers, hashNumbers, samplePlaces } from "./hashNumbers.ts";

describe("numbers from the hash", () => {
  test("are those of common.py", () => {
    expect([...hashBits(1, 2, 3)]).toEqual([1557157544, 2956648906, 1735685088]);
    expect([...hashBits(4_000_000_000, 50, 2)]).toEqual([334121232, 2160184033]);
    expect([...hashNumbers(7, 100, [2, 2])]).toEqual([
      0.32640552520751953, 0.7989435195922852, -0.6101436614990234, 0.44971656799316406,
    ]);
    expect([...hashNumbers(7, 100, [3], { scale: 0.03464, offset: 0.5 })]).toEqual([
      0.5113067030906677, 0.5276753902435303, 0.4788646101951599,
    ]);
    expect([...hashIntegers(3, 0, [6], 97)]).toEqual([49, 56, 16, 30, 88, 16]);
    expect(samplePlaces(4)).toEqual([0, 1, 2, 3]);
    expect(samplePlaces(1000, 5)).toEqual([0, 368, 464, 743, 999]);
  });
});
