// The ladder of the softmax of rows.

import { noise } from "../noise.ts";
import { expTolerance, sumTolerance } from "../sumTolerance.ts";
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

type Sizes = readonly [rows: number, cols: number];

const sizesOf: Record<LadderScale, Sizes> = {
  odd: [67, 509],
  software: [512, 512],
  hardware: [16384, 1024],
};

/** Inputs are from -reach to reach. */
const reach = 4;

interface SoftmaxRung extends Rung {
  readonly readsQuads: boolean;
  launches(sizes: Sizes): readonly Launch[];
}

const rungs: readonly SoftmaxRung[] = [
  {
    name: "1_passes",
    readsQuads: false,
    launches: ([rows, cols]) => [
      { entryPoint: "largest", workgroups: [groupsOf(rows, 64), 1, 1] },
      { entryPoint: "total", workgroups: [groupsOf(rows, 64), 1, 1] },
      { entryPoint: "divide", workgroups: [groupsOf(cols, 64), rows, 1] },
    ],
  },
  { name: "2_online", readsQuads: false, launches: ([rows]) => [main(groupsOf(rows, 64))] },
  { name: "3_quads", readsQuads: true, launches: ([rows]) => [main(groupsOf(rows, 64))] },
  { name: "4_workgroup", readsQuads: true, launches: ([rows]) => [main(rows)] },
  { name: "5_once", readsQuads: true, launches: ([rows]) => [main(rows)] },
  { name: "6_subgroups", feature: "subgroups", readsQuads: true, launches: ([rows]) => [main(rows)] },
];

function main(workgroups: number): Launch {
  return { entryPoint: "main", workgroups: [workgroups, 1, 1] };
}

export const softmaxLadder: Ladder = {
  kernel: "softmax",
  rungs,
  problem: (scale) => softmaxProblem(sizesOf[scale]),
};

function softmaxProblem(sizes: Sizes): LadderProblem {
  const [rows, cols] = sizes;
  const x = noise(rows * cols, -reach, reach, 21);
  const tolerance = sumTolerance(cols, 1) + 2 * expTolerance(2 * reach);
  // Indices come in order, so that a row is summed once.
  let summed = { row: -1, top: 0, total: 0 };
  const sumOf = (row: number) => {
    const values = x.subarray(row * cols, (row + 1) * cols);
    const top = values.reduce((a, b) => Math.max(a, b));
    return { row, top, total: values.reduce((sum, value) => sum + Math.exp(value - top), 0) };
  };
  return {
    sizes: `[${rows}, ${cols}]`,
    params: [rows, cols],
    flops: 4 * rows * cols,
    bytes: 8 * rows * cols,
    inputs: [{ shape: [rows, cols], values: x }],
    outputElements: rows * cols,
    at(index) {
      const row = Math.floor(index / cols);
      if (summed.row !== row) summed = sumOf(row);
      const value = Math.exp(x[index] - summed.top) / summed.total;
      return { value, tolerance: tolerance * value };
    },
    workOf: (rung) => workOf(rung, sizes, x),
  };
}

function workOf({ name }: Rung, sizes: Sizes, x: Float32Array): RungWork {
  const rung = rungs.find((known) => known.name === name);
  if (rung === undefined) throw new Error(`softmax has no rung ${name}.`);
  const [rows, cols] = sizes;
  const pitch = rung.readsQuads ? 4 * groupsOf(cols, 4) : cols;
  const launches = rung.launches(sizes);
  return {
    launches,
    inputs: [rung.readsQuads ? paddedRows(x, sizes) : x],
    outputElements: rows * pitch,
    scratchElements: launches.length > 1 ? 2 * rows : 0,
    plain: (output) => (rung.readsQuads ? withoutPadding(output, sizes) : output),
  };
}
