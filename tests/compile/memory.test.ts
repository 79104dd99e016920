// Memory planning on random graphs: no two live values overlap, no dispatch reads and writes one buffer, and the total stays near what lives demand.

import { expect, test } from "vitest";
import { fuse } from "../../src/compile/fuse.ts";
import { findLives, type Placement, planMemory, verifyMemory } from "../../src/compile/memory.ts";
import { place } from "../../src/compile/place.ts";
import { recompute } from "../../src/compile/recompute.ts";
import { schedule } from "../../src/compile/schedule.ts";
import { simplify } from "../../src/compile/simplify.ts";
import { seededRandom } from "../../src/data/seededRandom.ts";
import { type Graph, makeGraph } from "../../src/graph/graph.ts";
import type { Node } from "../../src/graph/node.ts";
import { inputNode } from "../../src/graph/source.ts";
import {
  add,
  concat,
  exp,
  matmul,
  mul,
  reshape,
  slice,
  softmax,
  sum,
  transpose,
} from "../../src/ops/index.ts";
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
      () => slice(concat([a, exp(b), transpose(a)], { axis: 1 }), { starts: [0, 1], ends: [size, size + 1] }),
      () => add(slice(concat([a, b]), { starts: [size >> 1], ends: [size + (size >> 1)] }), b),
      () => reshape(transpose(reshape(a, [size / 2, 2 * size])), [size, size]),
    ];
    values.push(pick(ops)());
  }
  const updates = state.flatMap((target) => (random() < 0.7 ? [{ target, value: pick(values) }] : []));
  return makeGraph([values[values.length - 1], pick(values)], updates);
}

test("random graphs: no two live values overlap, and no dispatch reads and writes one buffer", () => {
  for (let seed = 0; seed < 120; seed++) {
    const placed = place(recompute(simplify(randomGraph(seed), gpuProfile)));
    const plan = schedule(placed.graph, fuse(placed, gpuProfile));
    const memory = planMemory(placed, plan, gpuProfile);
    expect([...memory.placeOf.keys()]).toEqual(
      expect.arrayContaining(findLives(placed, plan).map(({ node }) => node)),
    );
    for (const { placements } of memory.slots) {
      for (const [index, a] of placements.entries()) {
        for (const b of placements.slice(index + 1)) expect(clash(a, b), `seed ${seed}`).toBe(false);
      }
    }
    expect(memory.totalBytes).toBeGreaterThanOrEqual(memory.lowerBoundBytes);
  }
});

/** Written apart from the planner: whether some step would see two values in the same bytes, or read and write one buffer. */
function clash(a: Placement, b: Placement): boolean {
  const [first, second] = a.life.from <= b.life.from ? [a, b] : [b, a];
  const isOverwritten = second.life.overwrites.has(first.life.node) && first.life.to === second.life.from;
  const isMeeting =
    first.offset < second.offset + second.life.sizeBytes &&
    second.offset < first.offset + first.life.sizeBytes;
  if (isOverwritten && isMeeting)
    return first.offset !== second.offset || first.life.sizeBytes !== second.life.sizeBytes;
  if (isMeeting && first.life.to >= second.life.from) return true;
  return [first, second].some((x) =>
    [first, second].some((y) => x !== y && [...x.life.writtenAt].some((step) => y.life.readAt.has(step))),
  );
}

test("two values in each other's way would be seen", () => {
  const node = inputNode([4], "f32");
  const life = (from: number, to: number, readAt: number[] = []) => ({
    node,
    sizeBytes: 256,
    from,
    to,
    writtenAt: new Set([from]),
    readAt: new Set(readAt),
    overwrites: new Set<Node>(),
    isResult: false,
  });
  const slot = (...placements: Placement[]) => [{ sizeBytes: 512, placements }];
  const inTheWay = "two values that are alive at once are in each other's way";
  expect(() => verifyMemory(slot({ life: life(0, 2), offset: 0 }, { life: life(2, 3), offset: 0 }))).toThrow(
    inTheWay,
  );
  expect(() =>
    verifyMemory(slot({ life: life(0, 2, [2]), offset: 0 }, { life: life(2, 3), offset: 256 })),
  ).toThrow(inTheWay);
  expect(() =>
    verifyMemory(slot({ life: life(0, 1), offset: 0 }, { life: life(2, 3), offset: 0 })),
  ).not.toThrow();
  expect(() =>
    verifyMemory(slot({ life: life(0, 3), offset: 0 }, { life: life(2, 3), offset: 256 })),
  ).not.toThrow();
  expect(() => verifyMemory(slot({ life: life(0, 1), offset: 384 }))).toThrow("a value leaves its slot");
});
