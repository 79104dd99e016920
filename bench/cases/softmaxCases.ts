// Softmax and cross-entropy of rows, forward and backward.
//
// Decides how far results may be off: errors of the exponentials and of each sum, carried through the formulas to first
// order. Leaves to sumTolerance.ts how far a sum and an exponential may be.

import type { ExactResult } from "../expectation.ts";
import { noise } from "../noise.ts";
import { expTolerance, roundingUnit, sumTolerance } from "../sumTolerance.ts";
import { type ByScale, bytesOf, type OpCase, type OpProblem } from "./opCase.ts";

type RowSizes = readonly [rows: number, cols: number];

const softmaxSizes: Readonly<Record<string, ByScale<RowSizes>>> = {
  "softmax-256": { small: [5, 13], software: [1024, 256], hardware: [16384, 256] },
  "softmax-4096": { small: [3, 67], software: [64, 4096], hardware: [1024, 4096] },
};
const crossEntropySizes: ByScale<RowSizes> = {
  small: [7, 19],
  software: [512, 1024],
  hardware: [8192, 1024],
};

/** Inputs are from -reach to reach, so that exponents are from -2 reach to 0. */
const reach = 4;

export const softmaxCases: readonly OpCase[] = [
  ...Object.entries(softmaxSizes).flatMap(([kind, sizes]) =>
    bothWays(kind, (isBackward, scale) => softmaxProblem(sizes[scale], isBackward)),
  ),
  ...bothWays("cross-entropy", (isBackward, scale) =>
    crossEntropyProblem(crossEntropySizes[scale], isBackward),
  ),
];

/** A case for either direction, of the group of norms. */
export function bothWays(
  kind: string,
  problem: (isBackward: boolean, scale: keyof ByScale<unknown>) => OpProblem,
): OpCase[] {
  return [false, true].map((isBackward) => ({
    name: `${kind}-${isBackward ? "backward" : "forward"}`,
    group: "norm",
    fitsSoftware: true,
    problem: (scale) => problem(isBackward, scale),
  }));
}

function softmaxProblem([rows, cols]: RowSizes, isBackward: boolean): OpProblem {
  const shape = [rows, cols];
  const x = noise(rows * cols, -reach, reach, 61);
  const dy = noise(rows * cols, -1, 1, 62);
  const inputs = [
    { shape, values: x },
    { shape, values: dy },
  ];
  return {
    work: { op: "softmax", isBackward },
    inputs: isBackward ? inputs : [inputs[0]],
    flops: (isBackward ? 8 : 4) * rows * cols,
    bytes: bytesOf(...Array.from({ length: isBackward ? 3 : 2 }, () => shape)),
    exact: () => [isBackward ? exactSoftmaxGradient(x, dy, shape) : exactSoftmax(x, shape)],
  };
}

function exactSoftmax(x: Float32Array, shape: readonly number[]): ExactResult {
  const cols = shape[1];
  const y = probabilities(x, cols);
  const at = (index: number) => ({ value: y[index], tolerance: shareTolerance(cols) * y[index] });
  return { name: "y", shape, at };
}

/** dx = y (dy - sum(dy y)). */
function exactSoftmaxGradient(x: Float32Array, dy: Float32Array, shape: readonly number[]): ExactResult {
  const [rows, cols] = shape;
  const y = probabilities(x, cols);
  const dots = new Float64Array(rows);
  const sizes = new Float64Array(rows);
  y.forEach((share, index) => {
    const row = Math.floor(index / cols);
    dots[row] += share * dy[index];
    sizes[row] += Math.abs(share * dy[index]);
  });
  const ofShare = shareTolerance(cols);
  const at = (index: number) => {
    const row = Math.floor(index / cols);
    const difference = dy[index] - dots[row];
    const ofDot = sumTolerance(cols, sizes[row]) + ofShare * sizes[row];
    const ofDifference = ofDot + 2 * roundingUnit * (Math.abs(dy[index]) + Math.abs(dots[row]));
    return {
      value: y[index] * difference,
      tolerance: y[index] * (ofShare * Math.abs(difference) + ofDifference),
    };
  };
  return { name: "dx", shape, at };
}

function crossEntropyProblem([rows, cols]: RowSizes, isBackward: boolean): OpProblem {
  const shape = [rows, cols];
  const x = noise(rows * cols, -reach, reach, 63);
  const labels = Int32Array.from(noise(rows, 0, 1, 64), (share) => Math.floor(share * cols) % cols);
  return {
    work: { op: "crossEntropy", isBackward },
    inputs: [
      { shape, values: x },
      { shape: [rows], values: labels },
    ],
    flops: (isBackward ? 5 : 3) * rows * cols,
    bytes: bytesOf(shape, [rows], isBackward ? shape : []),
    exact: () => [isBackward ? exactLossGradient(x, labels, shape) : exactLoss(x, labels, shape)],
  };
}

/** The mean of log sum exp(x) - x[label]. */
function exactLoss(x: Float32Array, labels: Int32Array, [rows, cols]: readonly number[]): ExactResult {
  const y = probabilities(x, cols);
  let value = 0;
  let tolerance = 0;
  labels.forEach((label, row) => {
    const loss = -Math.log(y[row * cols + label]);
    value += loss / rows;
    // Of the sum within the logarithm; of the logarithm, 3 units in the last place; and of three differences.
    const ofLogarithm = sumTolerance(cols, 1) + expTolerance(2 * reach) + 6 * roundingUnit * Math.log(cols);
    tolerance += (ofLogarithm + 3 * roundingUnit * (loss + 2 * reach)) / rows;
  });
  return { name: "loss", shape: [], at: () => ({ value, tolerance: tolerance + sumTolerance(rows, value) }) };
}

/** (softmax(x) - onehot(label)) / rows. */
function exactLossGradient(x: Float32Array, labels: Int32Array, shape: readonly number[]): ExactResult {
  const [rows, cols] = shape;
  const y = probabilities(x, cols);
  const ofShare = shareTolerance(cols);
  const at = (index: number) => {
    const hit = labels[Math.floor(index / cols)] === index % cols ? 1 : 0;
    const value = (y[index] - hit) / rows;
    const rounded = 4 * roundingUnit * Math.abs(value);
    return { value, tolerance: (ofShare * y[index] + roundingUnit * hit) / rows + rounded };
  };
  return { name: "dlogits", shape, at };
}

/** Softmax of each run of `cols`. */
function probabilities(x: Float32Array, cols: number): Float64Array {
  const y = Float64Array.from(x, Math.exp);
  for (let start = 0; start < y.length; start += cols) {
    const row = y.subarray(start, start + cols);
    const total = row.reduce((sum, value) => sum + value, 0);
    row.forEach((value, col) => {
      row[col] = value / total;
    });
  }
  return y;
}

/** Relative, of a softmax: exponentials of up to 2 reach stand above and below the line. */
function shareTolerance(cols: number): number {
  return sumTolerance(cols, 1) + 2 * expTolerance(2 * reach);
}
