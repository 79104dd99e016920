// Work by elements: a chain, a broadcast, a transpose, and a copy to know the bandwidth by.
//
// Decides how far gelu may be off. WGSL lets tanh be computed from exponentials, so two of them count against it.

import type { ExactResult } from "../expectation.ts";
import { noise } from "../noise.ts";
import { expTolerance, roundingUnit } from "../sumTolerance.ts";
import { type ByScale, bytesOf, type CaseInput, elements, type OpCase, type OpWork } from "./opCase.ts";

interface ElementwiseRecord {
  readonly work: OpWork;
  readonly shapes: ByScale<readonly (readonly number[])[]>;
  /** Of the result, given those of the inputs. */
  readonly resultShape: (shapes: readonly (readonly number[])[]) => readonly number[];
  readonly flopsPerElement: number;
  readonly at: (inputs: readonly CaseInput[]) => ExactResult["at"];
}

/** As many operands of one shape. */
function operands(count: number): ByScale<readonly (readonly number[])[]> {
  const each = (shape: readonly number[]) => Array.from({ length: count }, () => shape);
  return { small: each([5, 21]), software: each([1024, 1024]), hardware: each([4096, 4096]) };
}

const first = (shapes: readonly (readonly number[])[]) => shapes[0];

const records: Readonly<Record<string, ElementwiseRecord>> = {
  "elementwise-chain": {
    work: { op: "chain" },
    shapes: operands(3),
    resultShape: first,
    flopsPerElement: 10,
    at:
      ([a, b, c]) =>
      (index) =>
        exactChain(a.values[index], b.values[index], c.values[index]),
  },
  "broadcast-add": {
    work: { op: "broadcastAdd" },
    shapes: {
      small: [[5, 21], [21]],
      software: [[1024, 1024], [1024]],
      hardware: [[4096, 4096], [4096]],
    },
    resultShape: first,
    flopsPerElement: 1,
    at:
      ([x, b]) =>
      (index) => {
        const value = x.values[index] + b.values[index % b.values.length];
        return { value, tolerance: roundingUnit * Math.abs(value) };
      },
  },
  transpose: {
    work: { op: "transpose" },
    shapes: operands(1),
    resultShape: ([[rows, cols]]) => [cols, rows],
    flopsPerElement: 0,
    at:
      ([{ shape, values }]) =>
      (index) => ({
        value: values[(index % shape[0]) * shape[1] + Math.floor(index / shape[0])],
        tolerance: 0,
      }),
  },
  copy: {
    work: { op: "copy" },
    shapes: { small: [[5, 21]], software: [[2048, 2048]], hardware: [[4096, 4096]] },
    resultShape: first,
    flopsPerElement: 1,
    at:
      ([{ values }]) =>
      (index) => ({ value: -values[index], tolerance: 0 }),
  },
};

export const elementwiseCases: readonly OpCase[] = Object.entries(records).map(([name, record]) => ({
  name,
  group: "elementwise",
  fitsSoftware: true,
  problem(scale) {
    const shapes = record.shapes[scale];
    const inputs = shapes.map((shape, index) => ({
      shape,
      values: noise(elements(shape), -1.5, 1.5, 31 + index),
    }));
    const shape = record.resultShape(shapes);
    return {
      work: record.work,
      inputs,
      flops: record.flopsPerElement * elements(shape),
      bytes: bytesOf(...shapes, shape),
      exact: () => [{ name: "y", shape, at: record.at(inputs) }],
    };
  },
}));

const linear = Math.sqrt(2 / Math.PI);
const cubic = 0.044715 * linear;
/** Of gelu; the steepest is 1.13. */
const steepest = 1.2;

/** gelu(t) = t (1 + tanh(linear t + cubic t ** 3)) / 2 of t = a b + c. */
function exactChain(a: number, b: number, c: number) {
  const t = a * b + c;
  const bend = linear * t + cubic * t ** 3;
  const value = 0.5 * t * (1 + Math.tanh(bend));
  const inner = roundingUnit * (Math.abs(a * b) + Math.abs(t));
  // Rounding of what tanh is taken of, whose slope is at most 1; its exponentials; and three roundings around it.
  const ofTanh = 4 * roundingUnit * Math.abs(bend) + 2 * expTolerance(2 * Math.abs(bend));
  const around = 3 * roundingUnit * Math.abs(t);
  return { value, tolerance: steepest * inner + 0.5 * Math.abs(t) * ofTanh + around };
}
