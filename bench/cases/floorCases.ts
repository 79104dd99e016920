// What WebGPU itself costs here: a dispatch, a submit, a read-back; and what the adapter reaches at the most: bytes copied
// and multiply-adds in registers, which the other cases are held against. Only the engine "raw" measures these.
//
// Decides the sizes, and how far a long chain of multiply-adds may be off.

import type { ExactResult } from "../expectation.ts";
import { noise } from "../noise.ts";
import { sumTolerance } from "../sumTolerance.ts";
import { type ByScale, bytesOf, type FloorKind, type OpCase, type OpProblem, type Scale } from "./opCase.ts";

/** Dispatches of one pass. */
const dispatches = 100;
/** Elements. */
const copied: ByScale<number> = { small: 64, software: 2 ** 20, hardware: 2 ** 24 };
/** Invocations, and how long the chain of each is. */
const chains: ByScale<readonly [invocations: number, steps: number]> = {
  small: [64, 16],
  software: [16384, 1024],
  hardware: [2 ** 20, 4096],
};
/** Numbers that an invocation holds, each with a chain of its own: enough that none waits for another. */
export const lanes = 16;

const problems: Readonly<Record<FloorKind, (scale: Scale) => OpProblem>> = {
  dispatch: () => counterProblem("dispatch", dispatches),
  submit: () => counterProblem("submit", 1),
  readback: () => counterProblem("readback", 1),
  copy: (scale) => copyProblem(copied[scale]),
  fma: (scale) => chainProblem(...chains[scale]),
};

export const floorCases: readonly OpCase[] = Object.entries(problems).map(([kind, problem]) => {
  return { name: `floor-${kind}`, group: "floor", fitsSoftware: true, problem };
});

/** Each dispatch adds one to a number that begins at 0; it is read after the first call. */
function counterProblem(kind: FloorKind, repeats: number): OpProblem {
  return {
    work: { op: "floor", kind, repeats },
    inputs: [{ shape: [1], values: new Float32Array(1) }],
    flops: 1,
    bytes: bytesOf([1], [1]),
    repeats,
    exact: () => [{ name: "count", shape: [1], at: () => ({ value: repeats, tolerance: 0 }) }],
  };
}

function copyProblem(count: number): OpProblem {
  const values = noise(count, -1, 1, 71);
  return {
    work: { op: "floor", kind: "copy", repeats: 1 },
    inputs: [{ shape: [count], values }],
    flops: 0,
    bytes: bytesOf([count], [count]),
    exact: () => [{ name: "y", shape: [count], at: (index) => ({ value: values[index], tolerance: 0 }) }],
  };
}

/** x = x a + b, `steps` times, with a just below 1: what comes out says how many steps there were. */
function chainProblem(invocations: number, steps: number): OpProblem {
  const factors = Float32Array.of(1 - 1 / steps, 1 / steps, 0, 0);
  const starts = noise(invocations, -1, 1, 72);
  return {
    work: { op: "floor", kind: "fma", repeats: steps },
    inputs: [
      { shape: [4], values: factors },
      { shape: [invocations], values: starts },
    ],
    flops: 2 * lanes * steps * invocations,
    bytes: bytesOf([4], [invocations], [invocations]),
    exact: () => [exactChains(factors, starts, steps)],
  };
}

/** The sum of an invocation's numbers, which begin at its start plus 0, 1 / lanes, 2 / lanes, … */
function exactChains([a, b]: Float32Array, starts: Float32Array, steps: number): ExactResult {
  const decay = a ** steps;
  const grown = (b * (1 - decay)) / (1 - a);
  const at = (index: number) => {
    let value = 0;
    let sizes = 0;
    for (let lane = 0; lane < lanes; lane++) {
      const x = (starts[index] + lane / lanes) * decay + grown;
      value += x;
      sizes += Math.abs(x);
    }
    // A chain is a sum of which each step rounds twice, at no more than 2.
    return { value, tolerance: lanes * sumTolerance(2 * steps, 2) + sumTolerance(lanes, sizes) };
  };
  return { name: "sum", shape: [starts.length], at };
}
