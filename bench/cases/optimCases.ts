// What training does beside layers: the gradient of an embedding, and Adam on few large and many small parameters.

import type { ExactResult } from "../expectation.ts";
import { noise } from "../noise.ts";
import { roundingUnit, sumTolerance } from "../sumTolerance.ts";
import { type AdamSettings, type ByScale, bytesOf, elements, type OpCase, type OpProblem } from "./opCase.ts";

interface EmbeddingSizes {
  readonly tokens: number;
  readonly rows: number;
  readonly width: number;
}

const embeddingSizes: ByScale<EmbeddingSizes> = {
  small: { tokens: 57, rows: 13, width: 6 },
  software: { tokens: 8192, rows: 1000, width: 64 },
  hardware: { tokens: 8192, rows: 1000, width: 64 },
};

const adam: AdamSettings = { learningRate: 1e-3, betas: [0.9, 0.999], epsilon: 1e-8 };

/** Of a parameter's element: two running means, two corrections, a root, a division, a step. */
const adamFlops = 14;

/** A width of hidden layers and their biases, over and over. */
function manyShapes(count: number): (readonly number[])[] {
  return Array.from({ length: count }, (_, index) => (index % 2 === 0 ? [16, 16 + (index % 7)] : [32]));
}

export const optimCases: readonly OpCase[] = [
  {
    name: "embedding-gradient",
    group: "optim",
    fitsSoftware: true,
    problem: (scale) => embeddingProblem(embeddingSizes[scale]),
  },
  {
    name: "adam-1m",
    group: "optim",
    fitsSoftware: true,
    problem: (scale) => adamProblem(scale === "small" ? [[7, 11]] : [[1024, 1024]]),
  },
  {
    name: "adam-200-tensors",
    group: "optim",
    fitsSoftware: true,
    problem: (scale) => adamProblem(manyShapes(scale === "small" ? 5 : 200)),
  },
];

function embeddingProblem({ tokens, rows, width }: EmbeddingSizes): OpProblem {
  const dy = { shape: [tokens, width], values: noise(tokens * width, -1, 1, 51) };
  // Words are unequally common: the square of a share names the row.
  const named = Int32Array.from(noise(tokens, 0, 1, 52), (share) => Math.floor(share ** 2 * rows) % rows);
  return {
    work: { op: "embeddingGradient", rows },
    inputs: [dy, { shape: [tokens], values: named }],
    flops: tokens * width,
    bytes: bytesOf([tokens, width], [tokens], [rows, width]),
    exact: () => [exactTable(dy.values, named, [rows, width])],
  };
}

function exactTable(dy: Float32Array, named: Int32Array, shape: readonly [number, number]): ExactResult {
  const [rows, width] = shape;
  const sums = new Float64Array(rows * width);
  const sizes = new Float64Array(rows * width);
  const counts = new Float64Array(rows);
  named.forEach((row, token) => {
    counts[row]++;
    for (let col = 0; col < width; col++) {
      sums[row * width + col] += dy[token * width + col];
      sizes[row * width + col] += Math.abs(dy[token * width + col]);
    }
  });
  const at = (index: number) => {
    const count = counts[Math.floor(index / width)];
    return { value: sums[index], tolerance: sumTolerance(count, sizes[index]) };
  };
  return { name: "dw", shape, at };
}

function adamProblem(shapes: readonly (readonly number[])[]): OpProblem {
  const parameters = shapes.map((shape, index) => ({
    shape,
    values: noise(elements(shape), -1, 1, 1000 + index),
  }));
  const gradients = shapes.map((shape, index) => ({
    shape,
    values: noise(elements(shape), -1, 1, 2000 + index),
  }));
  const bytes = bytesOf(...shapes);
  return {
    work: { op: "adam", ...adam },
    inputs: [...parameters, ...gradients],
    flops: (adamFlops * bytes) / 4,
    // Parameter, gradient and both means are read, all but the gradient are written.
    bytes: 7 * bytes,
    exact: () =>
      parameters.map(({ shape, values }, index) =>
        exactStep(`parameter ${index}`, shape, values, gradients[index].values),
      ),
  };
}

/** The first step, from means of 0: the corrected means are g and g * g themselves. */
function exactStep(
  name: string,
  shape: readonly number[],
  parameter: Float32Array,
  gradient: Float32Array,
): ExactResult {
  const { learningRate, epsilon } = adam;
  const at = (index: number) => {
    const g = gradient[index];
    const step = (learningRate * g) / (Math.abs(g) + epsilon);
    const value = parameter[index] - step;
    return { value, tolerance: roundingUnit * Math.abs(value) + stepTolerance * Math.abs(step) };
  };
  return { name, shape, at };
}

/**
 * Relative, of a first step: 1 - beta may be taken of a beta that is rounded to f32, which is off by half a unit, 2 ** -25,
 * for 0.001 and less for 0.1; twice that for two ways of rounding. Then twenty roundings.
 */
const stepTolerance = (2 * 2 ** -25) / 0.001 + 20 * roundingUnit;
