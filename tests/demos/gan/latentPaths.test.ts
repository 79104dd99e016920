// Walks, sums and planes of latents.

import { describe, expect, test } from "vitest";
import {
  atPlane,
  joinLatents,
  type Latent,
  latentPlane,
  latentSum,
  planeMap,
  sphericalMean,
  sphericalWalk,
} from "../../../demos/gan/latentPaths.ts";

const latent = (...values: number[]) => Float32Array.from(values);
const norm = (a: Latent) => Math.hypot(...a);

function expectClose(actual: Latent, expected: readonly number[]): void {
  expect([...actual]).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, 5);
  });
}

describe("a walk", () => {
  test("begins and ends at its picks, and keeps their length between them", () => {
    const walk = sphericalWalk(latent(2, 0), latent(0, 2), 5);
    expectClose(walk[0], [2, 0]);
    expectClose(walk[4], [0, 2]);
    for (const place of walk) expect(norm(place)).toBeCloseTo(2, 5);
  });

  test("turns by as much at each step", () => {
    const walk = sphericalWalk(latent(1, 0), latent(0, 1), 4);
    const angles = walk.map(([x, y]) => (Math.atan2(y, x) * 180) / Math.PI);
    [0, 30, 60, 90].forEach((angle, i) => {
      expect(angles[i]).toBeCloseTo(angle, 3);
    });
  });

  test("between latents that point the same way goes straight", () => {
    expectClose(sphericalMean(latent(1, 1), latent(3, 3), 0.5), [2, 2]);
    expectClose(sphericalMean(latent(0, 0), latent(0, 2), 0.5), [0, 1]);
  });
});

test("a sum is as long as what it is made of", () => {
  const sum = latentSum(latent(3, 0, 0), latent(0, 3, 0), latent(0, 0, 3));
  expect(norm(sum)).toBeCloseTo(3, 5);
  expectClose(sum, [Math.sqrt(3), -Math.sqrt(3), Math.sqrt(3)]);
  // A - A + C is C.
  expectClose(latentSum(latent(3, 0), latent(3, 0), latent(0, 3)), [0, 3]);
});

describe("a plane", () => {
  const plane = latentPlane(latent(2, 0, 0), latent(1, 5, 0), latent(1, 1, 4));

  test("has its centre in the middle, and its directions a quarter turn away", () => {
    expectClose(atPlane(plane, { x: 0, y: 0 }), [2, 0, 0]);
    expectClose(atPlane(plane, { x: 1, y: 0 }), [0, 2, 0]);
    expectClose(atPlane(plane, { x: 0, y: -1 }), [0, 0, -2]);
    for (const place of [
      { x: 0.3, y: 0.7 },
      { x: 1, y: 1 },
    ]) {
      expect(norm(atPlane(plane, place))).toBeCloseTo(2, 5);
    }
  });

  test("is mapped from its top left on, row by row", () => {
    const map = planeMap(plane, 3);
    expect(map).toHaveLength(9);
    expectClose(map[1], [0, 0, 2]);
    expectClose(map[4], [2, 0, 0]);
    expectClose(map[5], [0, 2, 0]);
  });

  test("stays finite where all picks are the same", () => {
    const flat = latentPlane(latent(1, 2), latent(1, 2), latent(1, 2));
    expect(planeMap(flat, 3).every((place) => place.every(Number.isFinite))).toBe(true);
  });
});

test("latents are joined one behind the other", () => {
  expect(joinLatents([latent(1, 2), latent(3, 4)])).toEqual(latent(1, 2, 3, 4));
});
