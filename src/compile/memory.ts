// Schedule -> which values share a buffer.
//
// Two values may share when their lives do not overlap, or when the group that writes one reads the other for the last
// time at the very index that it writes (in place). One GPUBuffer per slot: WebGPU refuses a buffer bound both for
// reading and for writing in a dispatch, even at ranges that do not meet. Largest first, into the tightest slot
// (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020), against first-come order.
//
// Invariant: no two values that are alive at the same time share a slot, but for in-place pairs (verifyMemory).

import { assert, assertPresent } from "../base/assert.ts";
import { roundUp } from "../base/integers.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { dtypeSizeBytes } from "../tensor/dtype.ts";
import { elementCount } from "../tensor/shape.ts";
import { readsOf } from "./group.ts";
import { readsInPlace, type Schedule } from "./schedule.ts";

/** A value that needs a buffer, and when: steps count groups in order; both ends included. */
export interface Life {
  readonly node: Node;
  readonly sizeBytes: number;
  readonly from: number;
  readonly to: number;
  /** Values which this one may overwrite, element by element, in the step that makes it. */
  readonly overwrites: ReadonlySet<Node>;
}

/** A buffer that several values use one after the other. */
export interface Slot {
  sizeBytes: number;
  readonly lives: Life[];
}

/** Where every value stands, and how good that is. */
export interface MemoryPlan {
  readonly slots: readonly Slot[];
  readonly slotOf: ReadonlyMap<Node, number>;
  readonly totalBytes: number;
  /** The most bytes that are alive at once: no plan can need less. */
  readonly lowerBoundBytes: number;
}

/** Bytes of a node's buffer: whole vec4s, and never none. */
export function bufferSizeBytes(node: Node): number {
  return Math.max(16, roundUp(elementCount(node.shape) * dtypeSizeBytes(node.dtype), 16));
}

/** Gives every stored value that is not an update its slot. */
export function planMemory(graph: Graph, plan: Schedule): MemoryPlan {
  const lives = findLives(graph, plan);
  const bySize = [...lives].sort((a, b) => b.sizeBytes - a.sizeBytes || a.from - b.from);
  const candidates = [bySize, lives].map(assignSlots);
  const slots = candidates.reduce((best, next) => (totalBytes(next) < totalBytes(best) ? next : best));
  verifyMemory(slots);
  const slotOf = new Map<Node, number>();
  slots.forEach((slot, index) => {
    for (const { node } of slot.lives) slotOf.set(node, index);
  });
  return { slots, slotOf, totalBytes: totalBytes(slots), lowerBoundBytes: lowerBound(lives) };
}

/** The values that need a slot, in order of making. */
export function findLives(graph: Graph, { groups, updates }: Schedule): Life[] {
  const updated = new Set(updates.map(({ value }) => value));
  const outputs = new Set(graph.outputs);
  const last = new Map<Node, number>();
  groups.forEach((group, step) => {
    for (const base of readsOf(group)) last.set(base, step);
  });
  const lives: Life[] = [];
  groups.forEach((group, step) => {
    for (const node of group.stores) {
      if (updated.has(node)) continue;
      const to = outputs.has(node) ? Number.POSITIVE_INFINITY : (last.get(node) ?? step);
      const overwrites = readsOf(group).filter(
        (base) =>
          last.get(base) === step &&
          base.dtype === node.dtype &&
          elementCount(base.shape) === elementCount(node.shape) &&
          readsInPlace(group, base),
      );
      lives.push({ node, sizeBytes: bufferSizeBytes(node), from: step, to, overwrites: new Set(overwrites) });
    }
  });
  return [...lives, ...emptyLives([...outputs, ...last.keys()])];
}

/** Empty values are computed by no group, but something must be bound where they are read. */
function emptyLives(nodes: Iterable<Node>): Life[] {
  const empty = [...new Set(nodes)].filter(
    (node) => elementCount(node.shape) === 0 && node.op.kind !== "source",
  );
  const always = { sizeBytes: 16, from: -1, to: Number.POSITIVE_INFINITY, overwrites: new Set<Node>() };
  return empty.map((node) => ({ node, ...always }));
}

function assignSlots(lives: readonly Life[]): Slot[] {
  const slots: Slot[] = [];
  for (const life of lives) {
    const fitting = slots.filter((slot) => slot.lives.every((other) => !isConflict(life, other)));
    const [best] = fitting.sort((a, b) => waste(a, life) - waste(b, life));
    if (best === undefined) slots.push({ sizeBytes: life.sizeBytes, lives: [life] });
    else {
      best.sizeBytes = Math.max(best.sizeBytes, life.sizeBytes);
      best.lives.push(life);
    }
  }
  return slots;
}

/** How badly `life` fits: bytes left over, or, worse, bytes by which the slot would have to grow. */
function waste(slot: Slot, life: Life): number {
  const rest = slot.sizeBytes - life.sizeBytes;
  return rest >= 0 ? rest : Number.MAX_SAFE_INTEGER / 2 - rest;
}

/** Whether both are alive at some step, and neither overwrites the other in place. */
export function isConflict(a: Life, b: Life): boolean {
  if (a.to < b.from || b.to < a.from) return false;
  const inPlace = (later: Life, earlier: Life) =>
    later.from === earlier.to && later.overwrites.has(earlier.node);
  return !inPlace(a, b) && !inPlace(b, a);
}

/** Throws InternalError where two values in one slot are alive at once. */
export function verifyMemory(slots: readonly Slot[]): void {
  for (const { lives, sizeBytes } of slots) {
    lives.forEach((life, index) => {
      assert(life.sizeBytes <= sizeBytes, "a value is larger than its slot");
      for (const other of lives.slice(index + 1))
        assert(!isConflict(life, other), "two live values share a slot");
    });
  }
}

function totalBytes(slots: readonly Slot[]): number {
  return slots.reduce((total, slot) => total + slot.sizeBytes, 0);
}

function lowerBound(lives: readonly Life[]): number {
  const steps = new Set(lives.map(({ from }) => from));
  let most = 0;
  for (const step of steps) {
    const alive = lives.filter(({ from, to }) => from <= step && step <= to);
    const reused = new Set<Node>();
    let bytes = 0;
    for (const { sizeBytes, from, overwrites } of alive) {
      bytes += sizeBytes;
      if (from !== step) continue;
      const free = [...overwrites].find(
        (node) => !reused.has(node) && alive.some((life) => life.node === node),
      );
      if (free === undefined) continue;
      reused.add(free);
      bytes -= sizeBytes;
    }
    most = Math.max(most, bytes);
  }
  return most;
}

/** The slot of `node`. */
export function requireSlot(memory: MemoryPlan, node: Node): number {
  return assertPresent(memory.slotOf.get(node), `a slot for ${node.op.name}`);
}
