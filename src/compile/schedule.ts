// Groups -> an order of execution, with updates written in place.
//
// Decides: what runs when. An update (a parameter's new value) is written straight into the parameter's buffer by the
// group that computes it, once every other reader of the old value has run; where the order cannot be had, the value
// gets a buffer of its own and a copy at the end. Among groups that are ready, those that update run first, because
// that ends the life of a gradient; the others run in trace order.

import { assert, assertPresent } from "../base/assert.ts";
import type { Graph, Update } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { elementCount } from "../tensor/shape.ts";
import { copyNode } from "./copy.ts";
import { type Group, isAligned, needsOf, portInputs, readsOf, requireAccess } from "./group.ts";

/** Groups in order of execution, and for each updated input the stored node that becomes its value. */
export interface Schedule {
  readonly groups: readonly Group[];
  readonly updates: readonly Update[];
}

/** Orders `groups` and decides how `graph`'s updates are made. */
export function schedule(graph: Graph, groups: readonly Group[]): Schedule {
  const edges = new Dependencies(groups);
  const updates: Update[] = [];
  for (const update of graph.updates) {
    if (elementCount(update.target.shape) === 0) continue;
    updates.push(edges.writeInPlace(update) ? update : edges.copyAtEnd(update));
  }
  return { groups: edges.order(new Set(updates.map(({ value }) => value))), updates };
}

class Dependencies {
  private readonly groups: Group[];
  /** What must have run before a group. */
  private readonly before = new Map<Group, Set<Group>>();
  private readonly producer = new Map<Node, Group>();
  private readonly readers = new Map<Node, Set<Group>>();

  constructor(groups: readonly Group[]) {
    this.groups = [];
    for (const group of groups) this.register(group);
    for (const group of groups) this.connect(group);
  }

  private register(group: Group): void {
    this.groups.push(group);
    for (const node of group.stores) this.producer.set(node, group);
  }

  private connect(group: Group): void {
    const before = new Set<Group>();
    for (const base of readsOf(group)) {
      this.readers.set(base, (this.readers.get(base) ?? new Set()).add(group));
    }
    for (const maker of needsOf(group)) {
      const producer = this.producer.get(maker);
      if (producer !== undefined && producer !== group) before.add(producer);
    }
    this.before.set(group, before);
  }

  /** Makes `value`'s group wait for all readers of the old `target`; false (and no change) where it cannot. */
  writeInPlace({ target, value }: Update): boolean {
    const writer = assertPresent(this.producer.get(value), "the group of an update");
    const readers = [...(this.readers.get(target) ?? [])];
    if (readers.includes(writer) && !readsInPlace(writer, target)) return false;
    const others = readers.filter((reader) => reader !== writer);
    if (others.some((reader) => this.mustPrecede(writer, reader))) return false;
    for (const reader of others) this.beforeOf(writer).add(reader);
    return true;
  }

  /** Adds a group that copies `value` into `target` after all its readers. */
  copyAtEnd({ target, value }: Update): Update {
    const node = copyNode(value);
    const count = elementCount(node.shape);
    const group: Group = {
      id: node.id,
      anchor: undefined,
      count,
      body: [node],
      prologues: new Map(),
      byproduct: undefined,
      stores: [node],
    };
    this.register(group);
    this.connect(group);
    const update = { target, value: node };
    assert(this.writeInPlace(update), "a copy that nothing reads can be the last");
    return update;
  }

  order(updating: ReadonlySet<Node>): Group[] {
    const waiting = new Map(this.groups.map((group) => [group, new Set(this.beforeOf(group))]));
    const isUpdate = (group: Group) => group.stores.some((node) => updating.has(node));
    const result: Group[] = [];
    while (waiting.size > 0) {
      let next: Group | undefined;
      for (const [group, before] of waiting) {
        if (before.size > 0) continue;
        if (next === undefined || rank(group, isUpdate) < rank(next, isUpdate)) next = group;
      }
      const chosen = assertPresent(next, "a group that is ready");
      waiting.delete(chosen);
      for (const before of waiting.values()) before.delete(chosen);
      result.push(chosen);
    }
    return result;
  }

  private beforeOf(group: Group): Set<Group> {
    return assertPresent(this.before.get(group), "a group's dependencies");
  }

  /** Whether `first` must run before `second`. */
  private mustPrecede(first: Group, second: Group): boolean {
    const seen = new Set<Group>();
    const stack = [second];
    for (let group = stack.pop(); group !== undefined; group = stack.pop()) {
      if (group === first) return true;
      if (seen.has(group)) continue;
      seen.add(group);
      stack.push(...this.beforeOf(group));
    }
    return false;
  }
}

function rank(group: Group, isUpdate: (group: Group) => boolean): number {
  return isUpdate(group) ? group.id - Number.MAX_SAFE_INTEGER : group.id;
}

/** Whether `group` reads `base` only in its body and only at the index that it writes, so that it may overwrite it. */
export function readsInPlace(group: Group, base: Node): boolean {
  const early = [...group.prologues.values()].flat();
  const reads = (node: Node) => portInputs(node).filter((input) => requireAccess(input).base === base);
  if (
    [...early, ...(group.anchor === undefined ? [] : [group.anchor.node])].some(
      (node) => reads(node).length > 0,
    )
  ) {
    return false;
  }
  return group.body.every((node) => reads(node).every((input) => isAligned(input, group.count)));
}
