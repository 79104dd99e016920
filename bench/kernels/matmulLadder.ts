// The ladder of the matrix product: y = a b, [m, k] times [k, n].

import { noise } from "../noise.ts";
import { sumTolerance } from "../sumTolerance.ts";
import { paddedRows, withoutPadding } from "./paddedRows.ts";
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
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

const sizesOf: Record<LadderScale, Sizes> = {
  odd: { m: 251, k: 67, n: 131 },
  software: { m: 256, k: 256, n: 256 },
  hardware: { m: 2048, k: 2048, n: 2048 },
};

interface MatmulRung extends Rung {
  /** Whether a vec4 is what it reads. */
  readonly readsQuads: boolean;
  workgroups(sizes: Sizes): Launch["workgroups"];
}

const rungs: readonly MatmulRung[] = [
  { name: "1_naive", readsQuads: false, workgroups: ({ m, n }) => [groupsOf(m, 64), n, 1] },
  { name: "2_coalesced", readsQuads: false, workgroups: ({ m, n }) => [groupsOf(n, 64), m, 1] },
  { name: "3_quads", readsQuads: true, workgroups: ({ m, n }) => [groupsOf(n, 256), m, 1] },
  { name: "4_registers", readsQuads: true, workgroups: (sizes) => tiles(sizes, 32, 32) },
  { name: "5_array", isDetour: true, readsQuads: true, workgroups: (sizes) => tiles(sizes, 32, 32) },
  { name: "6_tall", readsQuads: true, workgroups: (sizes) => tiles(sizes, 64, 32) },
  { name: "7_shared32", readsQuads: true, workgroups: (sizes) => tiles(sizes, 32, 32) },
  { name: "8_shared64", readsQuads: true, workgroups: (sizes) => tiles(sizes, 64, 64) },
];

function tiles({ m, n }: Sizes, height: number, width: number): Launch["workgroups"] {
  return [groupsOf(n, width), groupsOf(m, height), 1];
}

export const matmulLadder: Ladder = {
  kernel: "matmul",
  rungs,
  problem: (scale) => matmulProblem(sizesOf[scale]),
};

function matmulProblem(sizes: Sizes): LadderProblem {
  const { m, k, n } = sizes;
  const a = noise(m * k, -1, 1, 1);
  const b = noise(k * n, -1, 1, 2);
  return {
    sizes: `[${m}, ${k}] times [${k}, ${n}]`,
    params: [m, n, k],
    flops: 2 * m * n * k,
    bytes: 4 * (m * k + k * n + m * n),
    inputs: [
      { shape: [m, k], values: a },
      { shape: [k, n], values: b },
    ],
    outputElements: m * n,
    at(index) {
      const row = Math.floor(index / n);
      const col = index % n;
      let value = 0;
      let magnitudes = 0;
      for (let l = 0; l < k; l++) {
        const term = a[row * k + l] * b[l * n + col];
        value += term;
        magnitudes += Math.abs(term);
      }
      return { value, tolerance: sumTolerance(k, magnitudes) };
    },
    workOf: (rung) => workOf(rung, sizes, [a, b]),
  };
}

function workOf({ name }: Rung, sizes: Sizes, [a, b]: readonly Float32Array[]): RungWork {
  const { m, k, n } = sizes;
  const rung = rungs.find((known) => known.name === name);
  if (rung === undefined) throw new Error(`matmul has no rung ${name}.`);
  const launches = [{ entryPoint: "main", workgroups: rung.workgroups(sizes) }];
  if (!rung.readsQuads) {
    const plain = (output: Float32Array) => output;
    return { launches, inputs: [a, b], outputElements: m * n, scratchElements: 0, plain };
  }
  const whole = (size: number) => 4 * groupsOf(size, 4);
  return {
    launches,
    inputs: [paddedRows(a, [m, k], whole(m)), paddedRows(b, [k, n], whole(k))],
    outputElements: whole(m) * whole(n),
    scratchElements: 0,
    plain: (output) => withoutPadding(output, [m, n]),
  };
}
