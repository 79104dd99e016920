// Memory planning on random graphs: no two live values share a slot, and the total stays near what lives demand.

import { expect, test } from "vitest";
import { fuse } from "../../src/compile/fuse.ts";
import { findLives, isConflict, planMemory, verifyMemory } from "../../src/compile/memory.ts";
import { recompute } from "../../src/compile/recompute.ts";
import { schedule } from "../../src/compile/schedule.ts";
import { simplify } from "../../src/compile/simplify.ts";
import { seededRandom } from "../../src/data/seededRandom.ts";
import { type Graph, makeGraph } from "../../src/graph/graph.ts";
import type { Node } from "../../src/graph/node.ts";
import { inputNode } from "../../src/graph/source.ts";
import { add, exp, matmul, mul, reshape, softmax, sum, transpose } from "../../src/ops/index.ts";
import { gpuProfile } from "../setup/deviceProfile.ts";

/** A graph of 5 to 40 random ops over square matrices of two sizes, with updates. */
function randomGraph(seed: number): Graph {
  const random = seededRandom(3, seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  const size = 4 * (1 + Math.floor(random() * 4));
  const state = [inputNode([size, size], "f32"), inputNode([size, size], "f32")];
  const values: Node[] = [...state, inputNode([size, size], "f32")];
  const count = 5 + Math.floor(random() * 35);
  for (let i = 0; i < count; i++) {
    const a = pick(values);
    const b = pick(values);
    const ops = [
      () => add(a, b),
      () => mul(a, sum(b, { axis: 1, keepDims: true })),
      () => exp(a),
      () => matmul(a, b),
      () => softmax(a),
      () => transpose(a),
      () => reshape(transpose(reshape(a, [size / 2, 2 * size])), [size, size]),
    ];
    values.push(pick(ops)());
  }
  const updates = state.flatMap((target) => (random() < 0.7 ? [{ target, value: pick(values) }] : []));
  return makeGraph([values[values.length - 1], pick(values)], updates);
}

test("random graphs: no two live values share a slot", () => {
  for (let seed = 0; seed < 300; seed++) {
    const graph = recompute(simplify(randomGraph(seed), gpuProfile));
    const plan = schedule(graph, fuse(graph, gpuProfile));
    const memory = planMemory(graph, plan);
    const lives = findLives(graph, plan);
    for (const [index, life] of lives.entries()) {
      for (const other of lives.slice(index + 1)) {
        const isShared = memory.slotOf.get(life.node) === memory.slotOf.get(other.node);
        if (isShared) expect(isConflict(life, other), `seed ${seed}`).toBe(false);
      }
    }
    expect(memory.totalBytes).toBeGreaterThanOrEqual(memory.lowerBoundBytes);
  }
});

test("two values alive at once in one slot would be seen", () => {
  const node = inputNode([4], "f32");
  const life = (from: number, to: number) => ({ node, sizeBytes: 16, from, to, overwrites: new Set<Node>() });
  expect(() => verifyMemory([{ sizeBytes: 16, lives: [life(0, 2), life(2, 3)] }])).toThrow("two live values share a slot");
  expect(() => verifyMemory([{ sizeBytes: 16, lives: [life(0, 1), life(2, 3)] }])).not.toThrow();
  expect(() => verifyMemory([{ sizeBytes: 8, lives: [life(0, 1)] }])).toThrow("a value is larger than its slot");
});
