// Causal attention, forward and backward, over short and long texts.
//
// Decides: which rows of long texts are looked at, and how far results may be off: errors of the scores, of the
// exponentials and of each sum, carried through the formulas to first order. Leaves to sumTolerance.ts how far a sum and
// an exponential may be.

import type { ExactResult, Expected } from "../expectation.ts";
import { noise } from "../noise.ts";
import { expTolerance, sumTolerance } from "../sumTolerance.ts";
import { type ByScale, bytesOf, elements, type OpCase, type OpProblem } from "./opCase.ts";

type Sizes = readonly [batch: number, heads: number, tokens: number, width: number];

const sizes: Readonly<Record<string, ByScale<Sizes>>> = {
  "attention-64": { small: [1, 3, 9, 4], software: [8, 4, 64, 64], hardware: [64, 8, 64, 64] },
  "attention-256": { small: [1, 2, 17, 8], software: [2, 4, 256, 64], hardware: [16, 8, 256, 64] },
  "attention-1024": { small: [2, 1, 19, 4], software: [1, 4, 1024, 64], hardware: [4, 8, 1024, 64] },
  "attention-4096": { small: [1, 2, 23, 4], software: [1, 1, 4096, 64], hardware: [1, 8, 4096, 64] },
};

/** Texts above this length take software seconds, and float64 too long for all their rows. */
const longest = 256;
/** Rows that are looked at in each of two heads of a long text. */
const sampledRows = 7;

export const attentionCases: readonly OpCase[] = Object.entries(sizes).flatMap(([kind, bySize]) =>
  [false, true].map((isBackward): OpCase => {
    return {
      name: `${kind}-${isBackward ? "backward" : "forward"}`,
      group: "attention",
      fitsSoftware: bySize.software[2] <= longest,
      problem: (scale) => attentionProblem(bySize[scale], isBackward),
    };
  }),
);

function attentionProblem(shape: Sizes, isBackward: boolean): OpProblem {
  const [batch, heads, tokens, width] = shape;
  const inputs = [1, 2, 3, ...(isBackward ? [4] : [])].map((seed) => {
    return { shape, values: noise(elements(shape), -1, 1, seed) };
  });
  const [q, k, v, dO] = inputs.map(({ values }) => values);
  const names = isBackward ? ["dq", "dk", "dv"] : ["o"];
  // q k and p v; backward they again, dO v, and three more for the gradients.
  const products = isBackward ? 6 : 2;
  return {
    work: { op: "attention", isBackward },
    inputs,
    flops: products * batch * heads * tokens * (tokens + 1) * width,
    bytes: bytesOf(...Array.from({ length: isBackward ? 7 : 4 }, () => shape)),
    exact() {
      const rows = new ExactAttention({ q, k, v, dO: dO ?? new Float32Array(q.length) }, shape);
      return names.map((name) => exactRows(rows, name as ResultName, shape));
    },
  };
}

type ResultName = "o" | "dq" | "dk" | "dv";

function exactRows(attention: ExactAttention, name: ResultName, shape: Sizes): ExactResult {
  const [batch, heads, tokens, width] = shape;
  const at = (index: number) => {
    const head = Math.floor(index / (tokens * width));
    return attention.element(name, head, Math.floor(index / width) % tokens, index % width);
  };
  if (tokens <= longest) return { name, shape, at };
  const sampled = [...new Set([0, batch * heads - 1])].flatMap((head) =>
    rowsOf(tokens, head).flatMap((row) =>
      Array.from({ length: width }, (_, d) => (head * tokens + row) * width + d),
    ),
  );
  return { name, shape, at, sampled };
}

/** The first, the last, and a seeded choice. */
function rowsOf(tokens: number, head: number): number[] {
  const chosen = noise(sampledRows - 2, 0, 1, 80 + head);
  return [...new Set([0, ...chosen.map((share) => Math.floor(share * tokens)), tokens - 1])];
}

/** A row of a result: values, and how far each may be off. */
interface ExpectedRow {
  readonly values: Float64Array;
  readonly tolerances: Float64Array;
}

type Rows = readonly Float32Array[];

/** Inputs of one head, row by row. */
interface Head {
  readonly q: Rows;
  readonly k: Rows;
  readonly v: Rows;
  readonly dO: Rows;
  /** Of rows that were asked for. */
  readonly facts: Map<number, RowFacts>;
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

/** What was computed for one row is kept for its other elements, and for other rows. */
class ExactAttention {
  private readonly heads: readonly Head[];
  private readonly rows = new Map<string, ExpectedRow>();
  private readonly scale: number;

  constructor(inputs: Readonly<Record<"q" | "k" | "v" | "dO", Float32Array>>, shape: Sizes) {
    const [batch, heads, tokens, width] = shape;
    this.scale = 1 / Math.sqrt(width);
    const rowsAt = (values: Float32Array, head: number) =>
      Array.from({ length: tokens }, (_, row) => {
        const start = (head * tokens + row) * width;
        return values.subarray(start, start + width);
      });
    this.heads = Array.from({ length: batch * heads }, (_, head) => {
      const { q, k, v, dO } = inputs;
      const own = { q: rowsAt(q, head), k: rowsAt(k, head), v: rowsAt(v, head), dO: rowsAt(dO, head) };
      return { ...own, facts: new Map() };
    });
  }

  element(name: ResultName, head: number, row: number, d: number): Expected {
    const key = `${name} ${head} ${row}`;
    const expected = this.rows.get(key) ?? this.expectedRow(name, this.heads[head], row);
    this.rows.set(key, expected);
    return { value: expected.values[d], tolerance: expected.tolerances[d] };
  }

  private expectedRow(name: ResultName, head: Head, row: number): ExpectedRow {
    const { q, k, dO } = head;
    if (name === "o") return this.factsOf(head, row).output;
    const later = q.length - row;
    if (name === "dq") {
      return weightedSum(row + 1, (key) => this.scoreGradient(head, row, key), k);
    }
    if (name === "dk") {
      const ofQuery = (index: number) => this.scoreGradient(head, row + index, row);
      return weightedSum(later, ofQuery, q.slice(row));
    }
    const weightOf = (index: number) => {
      const { weights, weightTolerance } = this.factsOf(head, row + index);
      return { factor: weights[row], tolerance: weightTolerance * weights[row] };
    };
    return weightedSum(later, weightOf, dO.slice(row));
  }

  /** p (dO v - dO O), scaled as scores are. */
  private scoreGradient(head: Head, query: number, key: number): Factor {
    const { weights, weightTolerance, dot: mean, dotTolerance } = this.factsOf(head, query);
    const { value, sizes } = dot(head.dO[query], head.v[key]);
    const factor = this.scale * weights[key] * (value - mean);
    const differenceTolerance = sumTolerance(head.dO[query].length, sizes) + dotTolerance;
    const carried = this.scale * weights[key] * differenceTolerance;
    return { factor, tolerance: Math.abs(factor) * weightTolerance + carried };
  }

  private factsOf(head: Head, row: number): RowFacts {
    const known = head.facts.get(row);
    if (known !== undefined) return known;
    const facts = rowFacts(head, row, this.scale);
    head.facts.set(row, facts);
    return facts;
  }
}

function rowFacts({ q, k, v, dO }: Head, row: number, scale: number): RowFacts {
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
  const weightOf = (key: number) => ({ factor: weights[key], tolerance: weightTolerance * weights[key] });
  const output = weightedSum(weights.length, weightOf, v);
  const { value, sizes } = dot(dO[row], output.values);
  const carried = dot(dO[row], output.tolerances).sizes;
  return { weights, weightTolerance, output, dot: value, dotTolerance: carried + sumTolerance(width, sizes) };
}

interface Factor {
  readonly factor: number;
  readonly tolerance: number;
}

/** The first `count` of `vectors`, each times its factor. */
function weightedSum(count: number, factorOf: (index: number) => Factor, vectors: Rows): ExpectedRow {
  const width = vectors[0].length;
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
