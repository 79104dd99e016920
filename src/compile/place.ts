// Values that are written straight into the memory of another value, their host.
//
// Decides: which inputs of a `paste` node are written to their place by whatever makes them, and which must be copied
// there; and that what a kernel takes over (`overwrites`) is a copy which nobody else reads, unless it is an update's
// target and the result its new value. Afterwards other groups fill every paste node that holds anything; none has a dispatch
// of its own.
//
// Invariant: a placed value has other readers only if its place is one run of the host, so that a view of it is a view
// of the host; and none of these readers is placed in the same host, since no dispatch may read and write one buffer.

import type { Access } from "../graph/access.ts";
import { type Graph, isInput, makeGraph, reachable } from "../graph/graph.ts";
import { Node } from "../graph/node.ts";
import { constantValue } from "../graph/source.ts";
import { contiguousLayout, isContiguous, isRun, type Layout, reshapeLayout } from "../tensor/layout.ts";
import { elementCount, isSameShape } from "../tensor/shape.ts";
import { copyNode } from "./copy.ts";
import { findUses, requireAccess, type Uses } from "./group.ts";

/** Where a value stands in its host: element i is where `layout` has row-major index i. */
export interface Place {
  readonly host: Node;
  readonly layout: Layout;
}

/** A graph, and the values of it that stand in others. */
export interface Placed {
  readonly graph: Graph;
  readonly placeOf: ReadonlyMap<Node, Place>;
}

/** `graph` with copies where they are needed, and a place for each value that has one. */
export function place(graph: Graph): Placed {
  const uses = findUses(graph);
  const planned = new Map<Node, Place>();
  const isCopied = (reader: Node, index: number) =>
    reader.op.kind === "paste"
      ? elementCount(reader.shape) > 0 &&
        planned.get(requireAccess(reader.inputs[index]).base)?.host !== reader
      : reader.op.kind === "kernel" && reader.op.overwrites === index && !isReplaced(reader, index, graph);
  for (const host of graph.nodes) {
    if (host.op.kind === "paste" && elementCount(host.shape) > 0) planPaste(host, uses, planned);
  }
  const placeOf = new Map<Node, Place>();
  const now = new Map<Node, Node>();
  const current = (node: Node) => now.get(node) ?? node;
  for (const node of graph.nodes) {
    if (isInput(node)) continue;
    const copies: [index: number, copy: Node][] = [];
    const inputs = node.inputs.map((input, index) => {
      if (!isCopied(node, index)) return current(input);
      const copy = copyNode(current(input));
      copies.push([index, copy]);
      return copy;
    });
    const made = new Node(node.op, inputs, node.attrs, node, node.origin);
    now.set(node, made);
    const layouts = node.op.kind === "paste" ? node.op.places(node.inputs, node.attrs) : undefined;
    for (const [index, copy] of copies) {
      placeOf.set(copy, { host: made, layout: layouts?.[index] ?? contiguousLayout(made.shape) });
    }
  }
  for (const [base, { host, layout }] of planned) placeOf.set(current(base), { host: current(host), layout });
  const updates = graph.updates.map(({ target, value }) => {
    const made = current(value);
    const isShared = [...placeOf.values()].some(({ host }) => host === made);
    return { target, value: isShared ? copyNode(made) : made };
  });
  return { graph: makeGraph(graph.outputs.map(current), updates), placeOf };
}

/** Finds the places of those inputs of `host` that can be written where they belong. */
function planPaste(host: Node, { readers, kept }: Uses, planned: Map<Node, Place>): void {
  const parts = partsOf(host);
  for (const [base, layout] of parts) {
    const isMaker =
      base.op.kind === "kernel" ? base.op.overwrites === undefined : base.op.kind === "elementwise";
    if (!isMaker || layout === undefined || base.dtype !== host.dtype) continue;
    if (kept.has(base) || planned.has(base)) continue;
    const others = [...(readers.get(base) ?? [])].filter((reader) => reader !== host);
    const isApart = others.every((reader) => reader.op.kind !== "paste" && !parts.has(reader));
    if (others.length === 0 || (isRun(layout) && isApart)) planned.set(base, { host, layout });
  }
}

/** The values behind the inputs of a paste node, each with its layout in the host; undefined where it has none. */
function partsOf(host: Node): Map<Node, Layout | undefined> {
  if (host.op.kind !== "paste") return new Map();
  const places = host.op.places(host.inputs, host.attrs);
  const pieces = new Map<Node, Piece[]>();
  host.inputs.forEach((input, index) => {
    const access = requireAccess(input);
    const known = pieces.get(access.base) ?? [];
    known.push({ access, place: places[index] });
    pieces.set(access.base, known);
  });
  return new Map([...pieces].map(([base, list]) => [base, layoutOfPieces(base, list)]));
}

/** A view of a value, and where in the host it goes. */
interface Piece {
  readonly access: Access;
  readonly place: Layout;
}

/**
 * Where all of `base` goes: equal pieces of it, in a row, go to places that look alike and are equally far apart; or runs
 * of it, however long, follow each other there as they do in it.
 */
function layoutOfPieces(base: Node, pieces: readonly Piece[]): Layout | undefined {
  if (constantValue(base) !== undefined || elementCount(base.shape) === 0) return undefined;
  const starts = [0];
  const layouts = pieces.map((piece, index) => {
    starts.push(starts[index] + elementCount(piece.place.shape));
    return layoutOfPiece(piece, starts[index]);
  });
  const [first, second] = layouts;
  const covered = starts[pieces.length];
  if (first === undefined || covered !== elementCount(base.shape)) return undefined;
  if (second === undefined) return pieces.length === 1 ? first : undefined;
  const isOneRun = layouts.every(
    (layout, index) => layout && isRun(layout) && layout.offset === first.offset + starts[index],
  );
  if (isOneRun) return { shape: [covered], strides: [1], offset: first.offset };
  const step = second.offset - first.offset;
  const isRegular = layouts.every(
    (layout, index) =>
      layout !== undefined &&
      layout.offset === first.offset + index * step &&
      `${layout.shape}/${layout.strides}` === `${first.shape}/${first.strides}`,
  );
  if (!isRegular || step <= 0) return undefined;
  return { shape: [pieces.length, ...first.shape], strides: [step, ...first.strides], offset: first.offset };
}

/**
 * Where the elements `start` … of the base go, in the order in which they stand there, if the piece is a view of them
 * in some order of axes.
 */
function layoutOfPiece({ access: { layout }, place }: Piece, start: number): Layout | undefined {
  const target = isSameShape(layout.shape, place.shape) ? place : reshapeLayout(place, layout.shape);
  if (target === undefined || layout.offset !== start) return undefined;
  const axes = [...layout.shape.keys()].filter((axis) => layout.shape[axis] > 1);
  axes.sort((a, b) => layout.strides[b] - layout.strides[a]);
  const pick = (list: readonly number[]) => axes.map((axis) => list[axis]);
  const inBase = { shape: pick(layout.shape), strides: pick(layout.strides), offset: 0 };
  return isContiguous(inBase)
    ? { shape: inBase.shape, strides: pick(target.strides), offset: place.offset }
    : undefined;
}

/** Whether `reader`'s result becomes the new value of the very input that it takes over, and no one after it needs the old. */
function isReplaced(reader: Node, index: number, graph: Graph): boolean {
  const old = reader.inputs[index];
  if (!graph.updates.some(({ target, value }) => target === old && value === reader)) return false;
  const later = (node: Node) => node !== reader && reachable([node]).includes(reader);
  const isRead = (node: Node) => node.inputs.some((input) => requireAccess(input).base === old);
  return !graph.nodes.some((node) => isRead(node) && later(node));
}
