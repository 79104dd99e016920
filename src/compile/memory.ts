// Schedule -> where in memory every value stands.
//
// Values stand at offsets of a few buffers (slots). Two may overlap when their lives do not, or when the group that
// writes one reads the other for the last time at the very index that it writes (in place). WebGPU refuses a buffer
// that one dispatch both reads and writes, even at ranges that do not meet; so such values stand in different slots.
// Largest first, at the lowest offset of the smallest slot that holds it, as Pisarchyk and Lee describe it ("Efficient
// Memory Management for Deep Neural Net Inference", 2020); several orders are tried and the best is kept.
//
// Invariant: no two values that are alive at the same time overlap, but for in-place pairs (verifyMemory).

import { assert } from "../base/assert.ts";
import { roundUp } from "../base/integers.ts";
import { threefry2x32 } from "../base/threefry.ts";
import type { Node } from "../graph/node.ts";
import type { DeviceProfile } from "../kernels/kernel.ts";
import { dtypeSizeBytes } from "../tensor/dtype.ts";
import { elementCount } from "../tensor/shape.ts";
import { type Group, readsOf, requireAccess } from "./group.ts";
import type { Placed } from "./place.ts";
import { readsInPlace, type Schedule } from "./schedule.ts";

/** A value that needs memory, and when: steps count groups in order; both ends included. */
export interface Life {
  readonly node: Node;
  readonly sizeBytes: number;
  /** The first step that writes it. */
  readonly from: number;
  readonly to: number;
  /** The steps that write it or a value that stands in it, and those that read it. */
  readonly writtenAt: ReadonlySet<number>;
  readonly readAt: ReadonlySet<number>;
  /** Values which this one may overwrite, element by element, in the step that makes it. */
  readonly overwrites: ReadonlySet<Node>;
  /** Results have a buffer to themselves, so that they can be handed out. */
  readonly isResult: boolean;
}

/** A value's place in a slot. */
export interface Placement {
  readonly life: Life;
  readonly offset: number;
}

/** A buffer that several values share. */
export interface Slot {
  readonly sizeBytes: number;
  readonly placements: Placement[];
}

/** Where every value stands, and how good that is. */
export interface MemoryPlan {
  readonly slots: readonly Slot[];
  readonly placeOf: ReadonlyMap<Node, { readonly slot: number; readonly offset: number }>;
  readonly totalBytes: number;
  /** The most bytes that are alive at once: no plan can need less. */
  readonly lowerBoundBytes: number;
}

/** WebGPU lets a storage binding start at multiples of 256 bytes at default limits. */
const ALIGNMENT_BYTES = 256;

/** Bytes of a node's value: whole vec4s, and never none. */
export function bufferSizeBytes(node: Node): number {
  return Math.max(16, roundUp(elementCount(node.shape) * dtypeSizeBytes(node.dtype), 16));
}

/** Gives every stored value that is not an update its place; one that stands in another has none of its own. */
export function planMemory(placed: Placed, plan: Schedule, device: DeviceProfile): MemoryPlan {
  const lives = findLives(placed, plan);
  const lowerBoundBytes = lowerBound(lives);
  const slots = device.withoutReuse ? lives.map(slotFor) : shareSlots(lives, plan, lowerBoundBytes);
  verifyMemory(slots);
  const placeOf = new Map<Node, { slot: number; offset: number }>();
  slots.forEach(({ placements }, slot) => {
    for (const { life, offset } of placements) placeOf.set(life.node, { slot, offset });
  });
  return { slots, placeOf, totalBytes: totalBytes(slots), lowerBoundBytes };
}

function shareSlots(lives: readonly Life[], plan: Schedule, lowerBoundBytes: number): Slot[] {
  const length = (life: Life) => Math.min(life.to, plan.groups.length) - life.from + 1;
  const orders = [
    (a: Life, b: Life) => b.sizeBytes - a.sizeBytes || a.from - b.from,
    (a: Life, b: Life) => b.sizeBytes - a.sizeBytes || length(b) - length(a),
    (a: Life, b: Life) => b.sizeBytes * length(b) - a.sizeBytes * length(a),
  ];
  let slots = bestOf(orders.map((order) => assignSlots([...lives].sort(order))));
  for (let attempt = 0; attempt < attemptsFor(lives.length); attempt++) {
    if (totalBytes(slots) <= lowerBoundBytes * GOOD_ENOUGH) break;
    slots = bestOf([slots, assignSlots(shuffledBySize(lives, attempt))]);
  }
  return slots;
}

/** A plan this near to what lives demand is not worth improving. */
const GOOD_ENOUGH = 1.02;

/** How many further orders are tried: each costs about the square of the number of values. */
function attemptsFor(count: number): number {
  return Math.min(500, Math.ceil(4e6 / (count * count + 1)));
}

function bestOf(candidates: readonly Slot[][]): Slot[] {
  return candidates.reduce((best, next) => (totalBytes(next) < totalBytes(best) ? next : best));
}

/** Larger ones roughly first: each size is stretched by a random factor of up to 4, the same one every time. */
function shuffledBySize(lives: readonly Life[], attempt: number): Life[] {
  const keyed = lives.map((life, index) => {
    const [bits] = threefry2x32(attempt, 0, index, 0);
    return { life, key: life.sizeBytes * (1 + (3 * bits) / 2 ** 32) };
  });
  return keyed.sort((a, b) => b.key - a.key).map(({ life }) => life);
}

/** The values that need memory, in order of making. */
export function findLives({ graph, placeOf }: Placed, { groups, updates }: Schedule): Life[] {
  const hostOf = (node: Node) => placeOf.get(node)?.host ?? node;
  const updated = new Set(updates.map(({ value }) => value));
  const outputs = new Set(graph.outputs.map((output) => requireAccess(output).base));
  const reads = stepsByNode(groups, (group) => readsOf(group).map(hostOf));
  const writes = stepsByNode(groups, (group) => group.stores.map(hostOf));
  const last = (node: Node) => Math.max(-1, ...(reads.get(node) ?? []));
  const lives: Life[] = [];
  for (const [node, writtenAt] of writes) {
    if (updated.has(node)) continue;
    const isResult = outputs.has(node);
    const lastUse = Math.max(last(node), ...writtenAt);
    lives.push({
      node,
      sizeBytes: bufferSizeBytes(node),
      from: Math.min(...writtenAt),
      to: isResult ? Number.POSITIVE_INFINITY : lastUse,
      writtenAt,
      readAt: reads.get(node) ?? new Set(),
      overwrites: new Set(overwritable(node, groups, writtenAt, (base) => last(hostOf(base)))),
      isResult,
    });
  }
  return [...lives, ...emptyLives([...outputs, ...reads.keys()])];
}

/** The values that the one group which makes `node` reads for the last time, each element where it then writes. */
function overwritable(
  node: Node,
  groups: readonly Group[],
  writtenAt: ReadonlySet<number>,
  last: (base: Node) => number,
): Node[] {
  const [step] = writtenAt;
  const group = groups[step];
  if (writtenAt.size > 1 || !group.stores.includes(node) || node === group.byproduct) return [];
  return readsOf(group).filter(
    (base) =>
      last(base) === step &&
      base.dtype === node.dtype &&
      elementCount(base.shape) === elementCount(node.shape) &&
      readsInPlace(group, base),
  );
}

function stepsByNode(
  groups: readonly Group[],
  nodesOf: (group: Group) => readonly Node[],
): Map<Node, Set<number>> {
  const steps = new Map<Node, Set<number>>();
  groups.forEach((group, step) => {
    for (const node of nodesOf(group)) steps.set(node, (steps.get(node) ?? new Set()).add(step));
  });
  return steps;
}

/** Empty values are computed by no group, but something must be bound where they are read. */
function emptyLives(nodes: Iterable<Node>): Life[] {
  const empty = [...new Set(nodes)].filter(
    (node) => elementCount(node.shape) === 0 && node.op.kind !== "source",
  );
  const always = { sizeBytes: 16, from: -1, to: Number.POSITIVE_INFINITY, isResult: true };
  const none = { writtenAt: new Set<number>(), readAt: new Set<number>(), overwrites: new Set<Node>() };
  return empty.map((node) => ({ node, ...always, ...none }));
}

function assignSlots(lives: readonly Life[]): Slot[] {
  const slots: Slot[] = [];
  for (const life of lives) {
    const candidates = life.isResult ? [] : slots.filter(({ sizeBytes }) => sizeBytes >= life.sizeBytes);
    candidates.sort((a, b) => a.sizeBytes - b.sizeBytes);
    if (!candidates.some((slot) => placeIn(slot, life))) slots.push(slotFor(life));
  }
  return slots;
}

function slotFor(life: Life): Slot {
  return { sizeBytes: life.sizeBytes, placements: [{ life, offset: 0 }] };
}

/** Puts `life` at the lowest offset of `slot` where it may stand; false where there is none. */
function placeIn(slot: Slot, life: Life): boolean {
  if (slot.placements.some(({ life: other }) => other.isResult)) return false;
  const ends = slot.placements.map(({ life: other, offset }) =>
    roundUp(offset + other.sizeBytes, ALIGNMENT_BYTES),
  );
  const offsets = [0, ...slot.placements.map(({ offset }) => offset), ...ends].sort((a, b) => a - b);
  for (const offset of offsets) {
    const placement = { life, offset };
    if (offset + life.sizeBytes > slot.sizeBytes) continue;
    if (slot.placements.some((other) => isConflict(placement, other))) continue;
    slot.placements.push(placement);
    return true;
  }
  return false;
}

/** Whether two values may not stand in one slot at these places. */
export function isConflict(a: Placement, b: Placement): boolean {
  if (isInPlace(a, b) || isInPlace(b, a)) return false;
  if (isShared(a.life.readAt, b.life.writtenAt) || isShared(b.life.readAt, a.life.writtenAt)) return true;
  const isApart = a.offset + a.life.sizeBytes <= b.offset || b.offset + b.life.sizeBytes <= a.offset;
  return !isApart && a.life.to >= b.life.from && b.life.to >= a.life.from;
}

function isShared(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  for (const step of b) if (a.has(step)) return true;
  return false;
}

/** Whether `later` overwrites `earlier` element by element. */
function isInPlace(later: Placement, earlier: Placement): boolean {
  const isSameRange = later.offset === earlier.offset && later.life.sizeBytes === earlier.life.sizeBytes;
  return isSameRange && later.life.from === earlier.life.to && later.life.overwrites.has(earlier.life.node);
}

/** Throws InternalError where two values of one slot are in each other's way. */
export function verifyMemory(slots: readonly Slot[]): void {
  for (const { placements, sizeBytes } of slots) {
    placements.forEach((placement, index) => {
      assert(placement.offset + placement.life.sizeBytes <= sizeBytes, "a value leaves its slot");
      for (const other of placements.slice(index + 1)) {
        assert(!isConflict(placement, other), "two values that are alive at once are in each other's way");
      }
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
