// Sums of a matrix: over its rows, its columns, and all of it.

import { noise } from "../noise.ts";
import { sumTolerance } from "../sumTolerance.ts";
import { type ByScale, bytesOf, type OpCase, type OpProblem } from "./opCase.ts";

/** [rows, cols] */
const shapes: ByScale<readonly [number, number]> = {
  small: [37, 23],
  software: [2048, 2048],
  hardware: [4096, 2560],
};

export const reduceCases: readonly OpCase[] = ([0, 1, undefined] as const).map((axis) => ({
  name: axis === undefined ? "sum-all" : `sum-axis${axis}`,
  group: "reduce",
  fitsSoftware: true,
  problem: (scale) => sumProblem(axis, shapes[scale]),
}));

function sumProblem(axis: 0 | 1 | undefined, [rows, cols]: readonly [number, number]): OpProblem {
  const x = noise(rows * cols, -1, 1, 41);
  const shape = axis === undefined ? [] : [axis === 0 ? cols : rows];
  return {
    work: { op: "sum", axis },
    inputs: [{ shape: [rows, cols], values: x }],
    flops: rows * cols,
    bytes: bytesOf([rows, cols], shape),
    exact() {
      const sum = (start: number, step: number, count: number) => {
        let value = 0;
        let sizes = 0;
        for (let i = 0; i < count; i++) {
          value += x[start + i * step];
          sizes += Math.abs(x[start + i * step]);
        }
        return { value, tolerance: sumTolerance(count, sizes) };
      };
      const at = (index: number) => {
        if (axis === undefined) return sum(0, 1, rows * cols);
        return axis === 0 ? sum(index, cols, rows) : sum(index * cols, 1, cols);
      };
      return [{ name: "sum", shape, at }];
    },
  };
}
