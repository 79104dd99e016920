// Poolings by windows of 2 x 2, forward and backward.

import type { ExactResult } from "../expectation.ts";
import { noise } from "../noise.ts";
import { roundingUnit, sumTolerance } from "../sumTolerance.ts";
import { type ByScale, bytesOf, elements, type OpCase, type OpProblem } from "./opCase.ts";

type Kind = "max" | "average";

const size = 2;
/** [batch, channels, height, width] of x. */
const shapes: ByScale<readonly [number, number, number, number]> = {
  small: [2, 3, 6, 10],
  software: [8, 32, 64, 64],
  hardware: [64, 64, 64, 64],
};

export const poolCases: readonly OpCase[] = (["max", "average"] as const).flatMap((kind) =>
  [false, true].map((isBackward) => ({
    name: `${kind === "max" ? "max" : "avg"}pool-${isBackward ? "backward" : "forward"}`,
    group: "pool",
    fitsSoftware: true,
    problem: (scale) => poolProblem(kind, isBackward, shapes[scale]),
  })),
);

function poolProblem(kind: Kind, isBackward: boolean, shape: readonly number[]): OpProblem {
  const [batch, channels, height, width] = shape;
  const pooled = [batch, channels, height / size, width / size];
  const x = { shape, values: noise(elements(shape), -1, 1, 21) };
  const dy = { shape: pooled, values: noise(elements(pooled), -1, 1, 22) };
  return {
    work: { op: "pool", kind, size, isBackward },
    inputs: isBackward ? [x, dy] : [x],
    flops: elements(shape),
    bytes: isBackward ? bytesOf(shape, shape, pooled) : bytesOf(shape, pooled),
    exact: () => [isBackward ? exactGradient(kind, x, dy) : exactPool(kind, x, pooled)],
  };
}

interface Values {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Places in x of the window that makes element `index`. */
function windowOf(index: number, [, , , width]: readonly number[]): number[] {
  const cols = width / size;
  const start = Math.floor(index / cols) * size * width + (index % cols) * size;
  return [start, start + 1, start + width, start + width + 1];
}

function exactPool(kind: Kind, x: Values, shape: readonly number[]): ExactResult {
  return {
    name: "y",
    shape,
    at(index) {
      const window = windowOf(index, x.shape).map((place) => x.values[place]);
      if (kind === "max") return { value: Math.max(...window), tolerance: 0 };
      const value = window.reduce((total, next) => total + next, 0) / window.length;
      const sizes = window.reduce((total, next) => total + Math.abs(next), 0) / window.length;
      return { value, tolerance: sumTolerance(window.length, sizes) };
    },
  };
}

function exactGradient(kind: Kind, x: Values, dy: Values): ExactResult {
  const { shape, values } = x;
  const width = shape[3];
  return {
    name: "dx",
    shape,
    at(index) {
      const [row, col] = [Math.floor(index / width), index % width].map((place) => Math.floor(place / size));
      const place = row * (width / size) + col;
      const gradient = dy.values[place];
      if (kind === "average") {
        return { value: gradient / size ** 2, tolerance: 2 * roundingUnit * Math.abs(gradient) };
      }
      const window = windowOf(place, shape);
      const most = Math.max(...window.map((other) => values[other]));
      // Of equal elements the first has the gradient.
      const first = window.find((other) => values[other] === most);
      return { value: first === index ? gradient : 0, tolerance: 0 };
    },
  };
}
