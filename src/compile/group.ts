// Groups: the nodes that one dispatch computes, and what it reads and writes.
//
// A group is a kernel node with elementwise work fused before its loads (prologues) and after its store (the body), or
// elementwise work alone; and with a kernel node perhaps another one, which its kernel computes on the way. Every body node has as many elements as the group, and works at the same row-major index.

import { assertPresent } from "../base/assert.ts";
import { type Access, accessOf, isWhole } from "../graph/access.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { constantValue } from "../graph/source.ts";
import { elementCount } from "../tensor/shape.ts";
import type { ChosenLaunch } from "./launch.ts";

/** A kernel's node, its launch, and what was chosen where there was a choice. */
export interface Anchor extends ChosenLaunch {
  readonly node: Node;
}

/** What one dispatch computes. */
export interface Group {
  /** Its place among all groups as fusion found it: not yet an order of execution. */
  readonly id: number;
  /** The kernel's node and its launch; undefined for elementwise work alone. */
  readonly anchor: Anchor | undefined;
  /** Elements of the result and of every body node. */
  readonly count: number;
  /** Elementwise nodes after the anchor, by id. */
  readonly body: readonly Node[];
  /** Elementwise nodes computed while the kernel reads: the last one of each list is what the port reads. */
  readonly prologues: ReadonlyMap<string, readonly Node[]>;
  /** A kernel node that the anchor's launch computes on the way; it reads nothing that the anchor does not. */
  readonly byproduct: Node | undefined;
  /** The nodes of the group that get a buffer: of the anchor, the body and the by-product. */
  readonly stores: readonly Node[];
}

/** `accessOf` where simplify has made sure that there is one. */
export function requireAccess(node: Node): Access {
  return assertPresent(accessOf(node), `a layout for ${node.op.name}`);
}

/** The anchor and body of a group, by id: what is computed at its index. */
export function membersOf({ anchor, body }: Pick<Group, "anchor" | "body">): Node[] {
  return anchor === undefined ? [...body] : [anchor.node, ...body];
}

/** Where each value is read: what stands in `reads` may be a buffer, a leaf, or a member of the same group. */
export interface Uses {
  /** Nodes (no views) that read `base`, at any layout. */
  readonly readers: ReadonlyMap<Node, ReadonlySet<Node>>;
  /** Nodes that must have a buffer whatever fusion does: what outputs stand in, and update values. */
  readonly kept: ReadonlySet<Node>;
}

/** Who reads what in `graph`. */
export function findUses(graph: Graph): Uses {
  const readers = new Map<Node, Set<Node>>();
  for (const node of graph.nodes) {
    if (node.op.kind === "view" || node.op.kind === "source") continue;
    for (const input of node.inputs) {
      const { base } = requireAccess(input);
      const known = readers.get(base) ?? new Set<Node>();
      readers.set(base, known.add(node));
    }
  }
  const results = graph.outputs.map((output) => requireAccess(output).base);
  return { readers, kept: new Set([...results, ...graph.updates.map(({ value }) => value)]) };
}

/** Whether `input`, as an elementwise node of `count` elements reads it, is `base`'s element of the same index. */
export function isAligned(input: Node, count: number): boolean {
  const access = requireAccess(input);
  return elementCount(access.base.shape) === count && isWhole(access);
}

/** The inputs that stand behind a kernel's ports: all but the one whose memory it takes over. */
export function portInputs(node: Node): readonly Node[] {
  const { op, inputs } = node;
  return op.kind === "kernel" && op.overwrites !== undefined ? inputs.toSpliced(op.overwrites, 1) : inputs;
}

/** The buffers that a group reads: bases outside of it which are no constants, in order of first use. */
export function readsOf(group: Pick<Group, "anchor" | "body" | "prologues">): Node[] {
  return basesOf(group, portInputs);
}

/** The values that must have been made before a group runs: what it reads, and what it takes over. */
export function needsOf(group: Pick<Group, "anchor" | "body" | "prologues">): Node[] {
  return basesOf(group, ({ inputs }) => inputs).flatMap(makersOf);
}

/** The nodes in whose dispatches the elements of a value are computed. */
export function makersOf(base: Node): Node[] {
  return base.op.kind === "paste" ? base.inputs.map((input) => requireAccess(input).base) : [base];
}

function basesOf(
  group: Pick<Group, "anchor" | "body" | "prologues">,
  inputsOf: (node: Node) => readonly Node[],
): Node[] {
  const own = new Set([...membersOf(group), ...[...group.prologues.values()].flat()]);
  const found = new Set<Node>();
  for (const input of [...own].flatMap(inputsOf)) {
    const { base } = requireAccess(input);
    if (!own.has(base) && constantValue(base) === undefined) found.add(base);
  }
  return [...found];
}
