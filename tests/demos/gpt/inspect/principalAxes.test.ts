// The map's two axes: known directions and variances are found, whatever the width, and always the same way round.

import { describe, expect, test } from "vitest";
import { alignSigns, projectOntoPrincipalAxes } from "../../../../demos/gpt/inspect/principalAxes.ts";

/** Vectors along orthogonal directions `axes`, one on each side, `sizes` away from `middle`. */
function cross(axes: readonly number[][], sizes: readonly number[], middle: number): Float32Array {
  return Float32Array.from(
    axes.flatMap((axis, index) =>
      [1, -1].flatMap((side) => axis.map((value) => middle + side * sizes[index] * value)),
    ),
  );
}

describe("projectOntoPrincipalAxes", () => {
  test("finds the longest directions, their order, their shares, and the mean", () => {
    const axes = [
      [0, 0.6, 0, 0.8],
      [1, 0, 0, 0],
      [0, 0, 1, 0],
    ];
    const vectors = cross(axes, [2, 4, 1], 10);
    const { places, varianceShares } = projectOntoPrincipalAxes(vectors, 4);
    const rounded = Array.from(places, (value) => Math.round(1e4 * value) / 1e4 + 0);
    expect(rounded).toEqual([0, 2, 0, -2, 4, 0, -4, 0, 0, 0, 0, 0]);
    expect(varianceShares[0]).toBeCloseTo(16 / 21, 6);
    expect(varianceShares[1]).toBeCloseTo(4 / 21, 6);
  });

  test("finds a direction to which many entries add a little, beside one large entry", () => {
    const width = 60;
    const vectors = new Float32Array(4 * width);
    for (let i = 1; i < width; i++) {
      vectors[i] = 1;
      vectors[width + i] = -1;
    }
    vectors[2 * width] = 3;
    vectors[3 * width] = -3;
    const { varianceShares, places } = projectOntoPrincipalAxes(vectors, width);
    expect(varianceShares[0]).toBeCloseTo(59 / 68, 6);
    expect(varianceShares[1]).toBeCloseTo(9 / 68, 6);
    expect(places[0]).toBeCloseTo(Math.sqrt(59), 4);
    expect(Math.abs(places[5])).toBeCloseTo(3, 4);
  });

  test("the largest entry of an axis is positive, so that nothing turns over by chance", () => {
    const axis = [[0.6, -0.8]];
    const { places } = projectOntoPrincipalAxes(cross(axis, [1], 0), 2);
    expect(places[0]).toBeCloseTo(-1, 5);
    expect(places[2]).toBeCloseTo(1, 5);
  });

  test.each([
    ["vectors that are all one", new Float32Array(12).fill(3), 4, [0, 0]],
    ["a single vector", Float32Array.of(1, 2, 3), 3, [0, 0]],
    ["one dimension", Float32Array.of(1, 2, 6), 1, [1, 0]],
  ])("%s", (_name, vectors, width, shares) => {
    const { places, varianceShares } = projectOntoPrincipalAxes(vectors, width);
    expect(varianceShares).toEqual(shares);
    expect(places.every(Number.isFinite)).toBe(true);
    expect(places.filter((_, index) => index % 2 === 1).every((value) => value === 0)).toBe(true);
  });
});

test("alignSigns mirrors each axis by itself, and leaves maps of another size alone", () => {
  const previous = Float32Array.of(1, 1, -2, 2);
  expect([...alignSigns(previous, Float32Array.of(-1, 3, 2, 1))]).toEqual([1, 3, -2, 1]);
  expect([...alignSigns(previous, Float32Array.of(1, -3, -2, -1))]).toEqual([1, 3, -2, 1]);
  expect([...alignSigns(previous, Float32Array.of(-1, -3))]).toEqual([-1, -3]);
});
