// What a result must be, small enough to be sent to every engine's page: some elements, and a sum over all of them
// where float64 can have it in time.
//
// Decides: which elements are checked, and how far the sum may be off. Each element has a sign, +1 or -1, and the sum is
// over elements times signs. Where every element is within its tolerance t, such a sum of errors is within
// signedReach * sqrt(sum t ** 2) but for odds of 2 exp(-signedReach ** 2 / 2), whatever the errors have in common.
// Source: Hoeffding, "Probability Inequalities for Sums of Bounded Random Variables", 1963.
// The sign is a product of one for the row and one for the column, so that a matrix product's sum takes no product.

import { noise } from "./noise.ts";

export interface Expected {
  readonly value: number;
  readonly tolerance: number;
}

/** A result as float64 has it. */
export interface ExactResult {
  readonly name: string;
  readonly shape: readonly number[];
  /** Element `index`, row-major. */
  at(index: number): Expected;
  /** The sum over all elements times their signs, where that is quicker than element by element. */
  signedSum?(signs: Signs): Expected;
  /** Where float64 takes too long for all elements: those that are looked at. There is no sum then. */
  readonly sampled?: readonly number[];
}

/** What is sent to a page for each result. */
export interface Expectation {
  readonly name: string;
  readonly shape: readonly number[];
  readonly indices: readonly number[];
  readonly elements: readonly Expected[];
  readonly signedSum: Expected | undefined;
}

/** Of the rows and the columns of a result: its last axis, and all others together. */
export interface Signs {
  readonly rows: Float32Array;
  readonly cols: Float32Array;
}

const checkedElements = 300;
const signedReach = 6;

export function expectationOf(exact: ExactResult): Expectation {
  const { name, shape, sampled } = exact;
  const indices = sampled ?? checkedIndices(shape.reduce((product, length) => product * length, 1));
  const signs = signsOf(shape);
  const signedSum =
    sampled === undefined ? (exact.signedSum?.(signs) ?? signedSumOf(exact, signs)) : undefined;
  return { name, shape, indices, elements: indices.map((index) => exact.at(index)), signedSum };
}

/** Throws unless there is a result for each expectation, and it is right. */
export function requireResults(
  results: readonly ArrayLike<number>[],
  expectations: readonly Expectation[],
): void {
  if (results.length !== expectations.length) {
    throw new Error(`wrong result: ${results.length} arrays; there are ${expectations.length}.`);
  }
  expectations.forEach((expectation, place) => {
    requireResult(results[place], expectation);
  });
}

function requireResult(result: ArrayLike<number>, expectation: Expectation): void {
  const { name, shape, indices, elements, signedSum } = expectation;
  const size = shape.reduce((product, length) => product * length, 1);
  if (result.length !== size) throw new Error(`wrong ${name}: ${result.length} elements; there are ${size}.`);
  indices.forEach((index, place) => {
    requireNear(`${name}: element ${index} of [${shape.join(", ")}]`, result[index], elements[place]);
  });
  if (signedSum === undefined) return;
  const signs = signsOf(shape);
  const cols = signs.cols.length;
  let sum = 0;
  for (let row = 0; row < signs.rows.length; row++) {
    let ofRow = 0;
    for (let col = 0; col < cols; col++) ofRow += signs.cols[col] * result[row * cols + col];
    sum += signs.rows[row] * ofRow;
  }
  requireNear(`${name}: the signed sum of all ${size} elements`, sum, signedSum);
}

function requireNear(what: string, given: number, { value, tolerance }: Expected): void {
  if (Math.abs(given - value) <= tolerance) return;
  throw new Error(`wrong ${what} is ${given}; it is ${value} within ${tolerance.toPrecision(2)}.`);
}

/** All where there are few, else the first, the last, and a seeded choice. */
function checkedIndices(size: number): number[] {
  if (size <= checkedElements) return Array.from({ length: size }, (_, index) => index);
  const chosen = Array.from(noise(checkedElements - 2, 0, 1, size), (share) => Math.floor(share * size));
  return [...new Set([0, ...chosen.map((index) => Math.min(index, size - 1)), size - 1])];
}

function signsOf(shape: readonly number[]): Signs {
  const cols = shape[shape.length - 1] ?? 1;
  const rows = shape.slice(0, -1).reduce((product, length) => product * length, 1);
  const drawn = (count: number, seed: number) => noise(count, -1, 1, seed).map((x) => (x < 0 ? -1 : 1));
  return { rows: drawn(rows, 101), cols: drawn(cols, 102) };
}

function signedSumOf(exact: ExactResult, { rows, cols }: Signs): Expected {
  let value = 0;
  let squares = 0;
  rows.forEach((rowSign, row) => {
    cols.forEach((colSign, col) => {
      const element = exact.at(row * cols.length + col);
      value += rowSign * colSign * element.value;
      squares += element.tolerance ** 2;
    });
  });
  return { value, tolerance: signedTolerance(squares) };
}

/** How far a signed sum may be off, given the sum of the squares of its elements' tolerances. */
export function signedTolerance(squares: number): number {
  return signedReach * Math.sqrt(squares);
}
