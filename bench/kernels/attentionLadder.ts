// The ladder of causal attention, 64 wide.

import { noise } from "../noise.ts";
import { expTolerance, sumTolerance } from "../sumTolerance.ts";
import {
  groupsOf,
  type Ladder,
  type LadderProblem,
  type LadderScale,
  type Launch,
  type Rung,
  type RungWork,
} from "./rung.ts";

interface Sizes {
  readonly heads: number;
  readonly tokens: number;
}

const width = 64;
const scale = 1 / Math.sqrt(width);

const sizesOf: Record<LadderScale, Sizes> = {
  odd: { heads: 3, tokens: 131 },
  software: { heads: 4, tokens: 256 },
  hardware: { heads: 16, tokens: 1024 },
};

interface AttentionRung extends Rung {
  launches(sizes: Sizes): readonly Launch[];
}

const rungs: readonly AttentionRung[] = [
  {
    name: "1_three_kernels",
    launches: ({ heads, tokens }) => [
      { entryPoint: "scores", workgroups: [groupsOf(tokens, 8), groupsOf(tokens, 8), heads] },
      { entryPoint: "weights", workgroups: [groupsOf(tokens, 64), 1, heads] },
      { entryPoint: "values", workgroups: [1, tokens, heads] },
    ],
  },
  { name: "2_online", launches: ({ heads, tokens }) => [main(groupsOf(tokens, 64), heads)] },
  { name: "3_rows", launches: ({ heads, tokens }) => [main(groupsOf(2 * groupsOf(tokens, 4), 64), heads)] },
  { name: "4_tiled", launches: ({ heads, tokens }) => [main(groupsOf(tokens, 64), heads)] },
];

function main(across: number, heads: number): Launch {
  return { entryPoint: "main", workgroups: [across, heads, 1] };
}

export const attentionLadder: Ladder = {
  kernel: "attention",
  rungs,
  problem: (scale) => attentionProblem(sizesOf[scale]),
};

function attentionProblem(sizes: Sizes): LadderProblem {
  const { heads, tokens } = sizes;
  const count = heads * tokens * width;
  const [q, k, v] = [31, 32, 33].map((seed) => noise(count, -1, 1, seed));
  const shape = [1, heads, tokens, width];
  const pairs = (heads * tokens * (tokens + 1)) / 2;
  // Indices come in order, so that a row's weights are computed once.
  let row: WeightedRow | undefined;
  return {
    sizes: `${heads} heads, ${tokens} tokens, ${width} wide, causal`,
    params: [heads, tokens],
    // A score and what it adds to the result, and its share of the softmax.
    flops: pairs * (4 * width + 4),
    bytes: 4 * 4 * count,
    inputs: [q, k, v].map((values) => ({ shape, values })),
    outputElements: count,
    at(index) {
      const start = Math.floor(index / width);
      if (row?.start !== start) row = weightedRow(start, tokens, q, k);
      return exactElement(row, index % width, v);
    },
    workOf: ({ name }) => workOf(name, sizes, [q, k, v]),
  };
}

function workOf(name: string, sizes: Sizes, inputs: readonly Float32Array[]): RungWork {
  const rung = rungs.find((known) => known.name === name);
  if (rung === undefined) throw new Error(`attention has no rung ${name}.`);
  const { heads, tokens } = sizes;
  const launches = rung.launches(sizes);
  return {
    launches,
    inputs,
    outputElements: heads * tokens * width,
    scratchElements: launches.length > 1 ? heads * tokens * tokens : 0,
    plain: (output) => output,
  };
}

/** How one query weighs its keys. */
interface WeightedRow {
  /** Of all rows of all heads. */
  readonly start: number;
  readonly firstKey: number;
  readonly weights: Float64Array;
  /** Relative, of each weight. */
  readonly tolerance: number;
}

function weightedRow(start: number, tokens: number, q: Float32Array, k: Float32Array): WeightedRow {
  const query = start % tokens;
  const firstKey = start - query;
  const scores = new Float64Array(query + 1);
  let scoreTolerance = 0;
  for (let key = 0; key <= query; key++) {
    let magnitudes = 0;
    for (let d = 0; d < width; d++) {
      const term = scale * q[start * width + d] * k[(firstKey + key) * width + d];
      scores[key] += term;
      magnitudes += Math.abs(term);
    }
    scoreTolerance = Math.max(scoreTolerance, sumTolerance(width, magnitudes));
  }
  const top = scores.reduce((a, b) => Math.max(a, b));
  const least = scores.reduce((a, b) => Math.min(a, b));
  const weights = scores.map((score) => Math.exp(score - top));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  // Scores and exponentials stand above and below the line.
  const tolerance = 2 * (scoreTolerance + expTolerance(top - least)) + sumTolerance(query + 1, 1);
  return { start, firstKey, weights: weights.map((weight) => weight / total), tolerance };
}

function exactElement({ firstKey, weights, tolerance }: WeightedRow, d: number, v: Float32Array) {
  let value = 0;
  let magnitudes = 0;
  weights.forEach((weight, key) => {
    const term = weight * v[(firstKey + key) * width + d];
    value += term;
    magnitudes += Math.abs(term);
  });
  return { value, tolerance: tolerance * magnitudes + sumTolerance(weights.length, magnitudes) };
}
