// The attention case: causal attention, forward and backward, and its results for some rows, computed in float64.
//
// Decides how far a result may be off: errors of the scores, of the exponentials and of each sum, carried through the
// formulas to first order. Leaves to sumTolerance.ts how far a sum and an exponential may be.

import { noise } from "./noise.ts";
import { expTolerance, sumTolerance } from "./sumTolerance.ts";

export interface AttentionShape {
  readonly batch: number;
  readonly heads: number;
  readonly tokens: number;
  /** Of one head. */
  readonly width: number;
}

/** All arrays are [batch, heads, tokens, width]. */
export interface AttentionProblem extends AttentionShape {
  readonly q: Float32Array;
  readonly k: Float32Array;
  readonly v: Float32Array;
  /** The gradient of what the output is used for. */
  readonly outputGradient: Float32Array;
}

/** Names of the results, in order. */
const resultNames = ["o", "dq", "dk", "dv"] as const;
/** Rows of a head that are checked, and heads: the first and the last. */
const checkedRows = 7;

export const attentionShape: AttentionShape = { batch: 4, heads: 8, tokens: 1024, width: 64 };

export function attentionProblem(shape: AttentionShape = attentionShape): AttentionProblem {
  const count = shape.batch * shape.heads * shape.tokens * shape.width;
  const [q, k, v, outputGradient] = [1, 2, 3, 4].map((seed) => noise(count, -1, 1, seed));
  return { ...shape, q, k, v, outputGradient };
}

/** Throws unless `results` (o, dq, dk, dv) have the right size and sampled rows of them are right. */
export function requireAttention(results: readonly ArrayLike<number>[], problem: AttentionProblem): void {
  const { batch, heads, tokens, width } = problem;
  const perHead = tokens * width;
  results.forEach((result, index) => {
    if (result.length === batch * heads * perHead) return;
    throw new Error(`wrong ${resultNames[index]}: ${result.length} elements.`);
  });
  for (const start of new Set([0, (batch * heads - 1) * perHead])) {
    const head = headOf(problem, start);
    for (let i = 0; i < checkedRows; i++) {
      const row = Math.floor((i * (tokens - 1)) / (checkedRows - 1));
      expectedRows(head, row).forEach((expected, index) => {
        requireRow(resultNames[index], results[index], start + row * width, expected);
      });
    }
  }
}

/** A row of a result: values, and how far each may be off. */
interface ExpectedRow {
  readonly values: Float64Array;
  readonly tolerances: Float64Array;
}

function requireRow(name: string, result: ArrayLike<number>, start: number, expected: ExpectedRow): void {
  expected.values.forEach((value, d) => {
    const given = result[start + d];
    if (Math.abs(given - value) <= expected.tolerances[d]) return;
    throw new Error(
      `wrong ${name}: element ${start + d} is ${given}; ` +
        `it is ${value} within ${expected.tolerances[d].toPrecision(2)}.`,
    );
  });
}

/** Inputs of one head, row by row, and what its rows of weights have in common. */
interface Head {
  readonly q: readonly Float32Array[];
  readonly k: readonly Float32Array[];
  readonly v: readonly Float32Array[];
  readonly dO: readonly Float32Array[];
  readonly scale: number;
  readonly rows: readonly RowFacts[];
}

interface RowFacts {
  /** Of keys 0 to the row. */
  readonly weights: Float64Array;
  /** Relative, of every weight. */
  readonly weightTolerance: number;
  readonly output: ExpectedRow;
  /** dO O, and how far it may be off. */
  readonly dot: number;
  readonly dotTolerance: number;
}

function headOf({ q, k, v, outputGradient, tokens, width }: AttentionProblem, start: number): Head {
  const rowsOf = (values: Float32Array) =>
    Array.from({ length: tokens }, (_, row) =>
      values.subarray(start + row * width, start + (row + 1) * width),
    );
  const head = { q: rowsOf(q), k: rowsOf(k), v: rowsOf(v), dO: rowsOf(outputGradient) };
  const scale = 1 / Math.sqrt(width);
  return { ...head, scale, rows: head.q.map((_, row) => rowFacts({ ...head, scale }, row)) };
}

function rowFacts({ q, k, v, dO, scale }: Omit<Head, "rows">, row: number): RowFacts {
  const width = q[row].length;
  const scores = new Float64Array(row + 1);
  let scoreTolerance = 0;
  for (let key = 0; key <= row; key++) {
    const { value, sizes } = dot(q[row], k[key]);
    scores[key] = scale * value;
    scoreTolerance = Math.max(scoreTolerance, sumTolerance(width, scale * sizes));
  }
  const most = scores.reduce((a, b) => Math.max(a, b));
  const least = scores.reduce((a, b) => Math.min(a, b));
  const weights = scores.map((score) => Math.exp(score - most));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  weights.forEach((weight, key) => {
    weights[key] = weight / total;
  });
  // Scores and exponentials stand above and below the line.
  const weightTolerance = 2 * (scoreTolerance + expTolerance(most - least)) + sumTolerance(row + 1, 1);
  const output = weightedSum(
    weights.length,
    width,
    (key) => ({ factor: weights[key], tolerance: weightTolerance * weights[key] }),
    v,
  );
  const { value, sizes } = dot(dO[row], output.values);
  const carried = dot(dO[row], output.tolerances).sizes;
  return { weights, weightTolerance, output, dot: value, dotTolerance: carried + sumTolerance(width, sizes) };
}

/** Row `row` of o, dq, dk and dv. */
function expectedRows(head: Head, row: number): ExpectedRow[] {
  const { q, k, dO, scale, rows } = head;
  const width = q[row].length;
  const later = rows.length - row;
  const scaled = (query: number, key: number) => {
    const { factor, tolerance } = scoreGradient(head, query, key);
    return { factor: scale * factor, tolerance: scale * tolerance };
  };
  const weight = (query: number) => {
    const { weights, weightTolerance } = rows[query];
    return { factor: weights[row], tolerance: weightTolerance * weights[row] };
  };
  return [
    rows[row].output,
    weightedSum(row + 1, width, (key) => scaled(row, key), k),
    weightedSum(later, width, (index) => scaled(row + index, row), q.slice(row)),
    weightedSum(later, width, (index) => weight(row + index), dO.slice(row)),
  ];
}

interface Factor {
  readonly factor: number;
  readonly tolerance: number;
}

/** p (dO v - dO O). */
function scoreGradient({ dO, v, rows }: Head, query: number, key: number): Factor {
  const { weights, weightTolerance, dot: mean, dotTolerance } = rows[query];
  const { value, sizes } = dot(dO[query], v[key]);
  const factor = weights[key] * (value - mean);
  const differenceTolerance = sumTolerance(dO[query].length, sizes) + dotTolerance;
  return { factor, tolerance: Math.abs(factor) * weightTolerance + weights[key] * differenceTolerance };
}

/** The first `count` of `vectors`, each times its factor. */
function weightedSum(
  count: number,
  width: number,
  factorOf: (index: number) => Factor,
  vectors: readonly Float32Array[],
): ExpectedRow {
  const values = new Float64Array(width);
  const sizes = new Float64Array(width);
  const tolerances = new Float64Array(width);
  for (let index = 0; index < count; index++) {
    const { factor, tolerance } = factorOf(index);
    const vector = vectors[index];
    for (let d = 0; d < width; d++) {
      values[d] += factor * vector[d];
      sizes[d] += Math.abs(factor * vector[d]);
      tolerances[d] += tolerance * Math.abs(vector[d]);
    }
  }
  return { values, tolerances: tolerances.map((carried, d) => carried + sumTolerance(count, sizes[d])) };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): { value: number; sizes: number } {
  let value = 0;
  let sizes = 0;
  for (let d = 0; d < a.length; d++) {
    value += a[d] * b[d];
    sizes += Math.abs(a[d] * b[d]);
  }
  return { value, sizes };
}
