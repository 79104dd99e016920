// Segments: parts of a graph whose values are not kept for the gradient, but computed again from what the part read.
//
// Decides: where a segment begins, how its ends are marked, and how it is computed a second time. A mark is a view that
// names all ends and all beginnings as its inputs and vanishes when the graph is simplified, so the forward pass is as it
// was. The second computation reads its beginnings through `again`, a view that costs nothing and is never simplified,
// so that equal nodes are not merged with those of the first. Leaves to differentiate.ts when that happens.
// After Chen, Xu, Zhang, Guestrin: "Training Deep Nets with Sublinear Memory Cost" (2016).

import { reachable } from "../graph/graph.ts";
import { Node } from "../graph/node.ts";
import type { ViewRecord } from "../graph/op.ts";
import { constantValue } from "../graph/source.ts";
import { substitute } from "../graph/substitute.ts";

interface EndAttrs {
  /** How many of the inputs behind the first are ends; the others are beginnings. */
  readonly ends: number;
}

/** The end of a segment: its first input, which is one of its ends. */
const endRecord: ViewRecord<EndAttrs> = {
  kind: "view",
  name: "checkpoint",
  output: ([end]) => ({ shape: end.shape, dtype: end.dtype }),
  layout: (input) => input,
  preservesOrder: true,
  simplify: ({ inputs: [end] }) => end,
};

/** A value that a segment reads for the second time. */
const againRecord: ViewRecord = {
  kind: "view",
  name: "again",
  output: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  layout: (input) => input,
  preservesOrder: true,
  gradient: ({ dy }) => [dy],
};

/**
 * `ends` as marks of one segment: what was computed for them from nodes up to `before`, an id, will be computed again
 * where a gradient needs it. Views of what stood before count as having stood before, as they hold no memory.
 */
export function markSegment(ends: readonly Node[], before: number): Node[] {
  const isLeaf = ({ op, id }: Node) => op.kind === "source" || id <= before;
  const outside = new Set<Node>();
  const isOutside = (node: Node) => isLeaf(node) || outside.has(node);
  const beginnings = new Set<Node>();
  const begin = (node: Node) => {
    if (isOutside(node) && constantValue(node) === undefined) beginnings.add(node);
  };
  for (const node of reachable(ends, isLeaf)) {
    if (node.op.kind === "view" && node.inputs.every(isOutside)) outside.add(node);
    else node.inputs.forEach(begin);
  }
  ends.forEach(begin);
  const rest = [...ends, ...beginnings];
  return ends.map((end) => new Node(endRecord, [end, ...rest], { ends: ends.length }, end, end.origin));
}

/** Whether `node` marks the end of a segment. */
export function isSegmentEnd(node: Node): boolean {
  return node.op === endRecord;
}

/** Whether two marks are ends of one segment. */
export function isSameSegment(a: Node, b: Node): boolean {
  if (!isSegmentEnd(a) || !isSegmentEnd(b) || a.inputs.length !== b.inputs.length) return false;
  return a.inputs.every((input, index) => index === 0 || input === b.inputs[index]);
}

/** A segment computed a second time. */
export interface Repeated {
  /** What it read the first time. */
  readonly beginnings: readonly Node[];
  /** The same values, as the second computation reads them. */
  readonly leaves: readonly Node[];
  /** What the marks stand for, computed from `leaves`. */
  readonly ends: readonly Node[];
}

/** The segment of `marks`, of which there is at least one, computed again. Random numbers are what they were. */
export function repeatSegment(marks: readonly Node[]): Repeated {
  const { inputs, attrs } = marks[0];
  const beginnings = inputs.slice(1 + (attrs as EndAttrs).ends);
  const leaves = beginnings.map((node) => new Node(againRecord, [node], undefined, node, node.origin));
  const leafOf = new Map(beginnings.map((node, index) => [node, leaves[index]]));
  const ends = substitute(
    marks.map((mark) => mark.inputs[0]),
    (node) => leafOf.get(node),
  );
  return { beginnings, leaves, ends };
}
