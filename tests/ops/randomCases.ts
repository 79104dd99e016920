// What is checked of an op at random shapes. The shapes are the same in every run; what fails is brought down to a small
// case, which is shown with the seed and the path that lead back to it.

import * as fc from "fast-check";
import { expect } from "vitest";
import { compileGraph } from "../../src/compile/compileGraph.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import { mul, sum } from "../../src/ops/index.ts";
import { elementCount } from "../../src/tensor/shape.ts";
import { fallbackProfile, gpuProfile } from "../setup/deviceProfile.ts";
import { checkOnGpu } from "./gpuCase.ts";
import { gradientNodes, type OpCase, type Prepared, prepare } from "./opCase.ts";
import type { Cases, RandomCase } from "./randomShapes.ts";

const SEED = 11;
const asked: string | undefined = import.meta.env.VITE_RANDOM_SHAPES;
/** At how many shapes each op is run, and at how many where many are wanted. */
export const COUNT = Number(asked ?? 20);
export const MANY = Number(asked ?? 200);
/** Plans take longer than all else: they are made of one case in so many. */
const PLANNED = 20;
/** Shapes that one compiled function takes at once. */
const AT_ONCE = 20;
/** Ops may hold numbers that f32 rounds, such as the inverse of a length. */
const ROUNDING = 2 ** -22;
/** How far the loss is followed: less where it jumps or has a kink so near. */
const STEPS = [1e-5, 1e-7];

/** Shape and gradient by the rules and, of some, plans for both device profiles: what needs no GPU. */
export function checkRules(cases: Cases, numRuns: number): void {
  fc.assert(fc.property(cases, checkRule), { seed: SEED, numRuns });
  fc.assert(fc.property(cases, checkPlans), { seed: SEED, numRuns: Math.ceil(numRuns / PLANNED) });
}

function checkRule(one: RandomCase): void {
  const prepared = prepare(one);
  const { nodes, y, feeds } = prepared;
  const gradients = gradientNodes(prepared);
  const values = evaluate(makeGraph([y, ...gradients]), feeds);
  if (one.shape !== undefined) expect(y.shape).toEqual(one.shape);
  const data = values.get(y)?.data ?? new Float64Array();
  expect(data.length).toBe(elementCount(y.shape));
  one.rule?.(feeds.get(nodes[0])?.data ?? new Float64Array()).forEach((value, at) => {
    const error = Object.is(data[at], value) ? 0 : Math.abs(data[at] - value);
    if (!(error <= ROUNDING * (1 + Math.abs(value))))
      expect.fail(`[${at}] is ${data[at]}, by its definition ${value}`);
  });
  checkSlope(
    prepared,
    gradients.map((gradient) => values.get(gradient)?.data),
  );
}

function checkPlans(one: OpCase): void {
  const prepared = prepare(one);
  const graph = makeGraph([prepared.y, ...gradientNodes(prepared)]);
  for (const profile of [gpuProfile, fallbackProfile]) compileGraph(graph, profile);
}

/**
 * The gradients against the slope of the loss in one direction, in which every element of every input moves: two values
 * of the loss tell of a fault in any of them.
 */
function checkSlope(
  { nodes, y, seed, wrt, feeds }: Prepared,
  gradients: readonly (Float64Array | undefined)[],
): void {
  const loss = sum(mul(y, seed));
  const graph = makeGraph([loss]);
  const lossAt = (by: number) => {
    const moved = new Map(feeds);
    for (const index of wrt) {
      const { shape, data } = feeds.get(nodes[index]) ?? { shape: [], data: new Float64Array() };
      moved.set(nodes[index], { shape, data: data.map((value, at) => value + by * direction(index, at)) });
    }
    return evaluate(graph, moved).get(loss)?.data[0] ?? Number.NaN;
  };
  if (wrt.length === 0) return;
  let slope = 0;
  let size = 1;
  gradients.forEach((gradient, position) => {
    gradient?.forEach((value, at) => {
      const part = value * direction(wrt[position], at);
      slope += part;
      size += Math.abs(part);
    });
  });
  const slopesBy = STEPS.map((step) => () => (lossAt(step) - lossAt(-step)) / (2 * step));
  const isNear = (by: () => number) => Math.abs(slope - by()) < 1e-6 * size;
  if (!slopesBy.some(isNear)) {
    expect.fail(
      `the slope by the rules is ${slope}, by differences ${slopesBy.map((by) => by()).join(" or ")}`,
    );
  }
}

/** How far an element moves, either way: no two neighbours alike, so that none stands in for another. */
function direction(input: number, at: number): number {
  const step = ((5 * at + 3 * input) % 11) + 3;
  return (at + input) % 2 === 0 ? step / 8 : -step / 8;
}

/** Values and gradients on the GPU: many shapes at once, and where these fail one after the other. */
export async function checkGpu(cases: Cases, numRuns: number): Promise<void> {
  const drawn = fc.sample(cases, { seed: SEED, numRuns });
  try {
    for (let from = 0; from < numRuns; from += AT_ONCE) await checkOnGpu(drawn.slice(from, from + AT_ONCE));
  } catch (error) {
    const single = fc.asyncProperty(cases, (one) => checkOnGpu([one]));
    await fc.assert(single, { seed: SEED, numRuns, interruptAfterTimeLimit: 30_000 });
    throw error;
  }
}
