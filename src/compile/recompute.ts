// Graph -> Graph in which cheap values are computed where they are used rather than kept.
//
// An elementwise node of one tensor (the rest being constants) that only elementwise nodes read is given to each reader
// as a node of its own. Fusion then finds it beside its reader: a backward pass reads what the forward pass kept
// anyhow, instead of a mask or a scaled copy that would be one buffer more. Values that a kernel reads stay as they are,
// because they are in memory already.

import { type Graph, isInput, makeGraph } from "../graph/graph.ts";
import { Node } from "../graph/node.ts";
import { constantValue } from "../graph/source.ts";
import { findUses, isAligned, type Uses } from "./group.ts";

/** More operations than this for an element are not worth doing twice: about what reading 4 bytes costs a GPU. */
const MAX_FLOPS = 32;

/** The same values; cheap ones once for each reader. */
export function recompute(graph: Graph): Graph {
  const uses = findUses(graph);
  const directReaders = countDirectReaders(graph);
  const isCheap = (node: Node) => isCheapToRepeat(node, uses, directReaders.get(node) ?? 0);
  const done = new Map<Node, Node>();
  const instance = (node: Node): Node => {
    const known = done.get(node);
    if (known !== undefined) return known;
    const made = isInput(node)
      ? node
      : new Node(node.op, node.inputs.map(instance), node.attrs, node, node.origin);
    if (!isCheap(node)) done.set(node, made);
    return made;
  };
  for (const node of graph.nodes) if (!isCheap(node)) instance(node);
  return makeGraph(
    graph.outputs.map(instance),
    graph.updates.map(({ target, value }) => ({ target, value: instance(value) })),
  );
}

/** How many elementwise nodes name a node as an input, without a view between. */
function countDirectReaders(graph: Graph): Map<Node, number> {
  const counts = new Map<Node, number>();
  for (const node of graph.nodes) {
    if (node.op.kind !== "elementwise") continue;
    for (const input of new Set(node.inputs)) counts.set(input, (counts.get(input) ?? 0) + 1);
  }
  return counts;
}

function isCheapToRepeat(node: Node, { readers, kept }: Uses, directReaders: number): boolean {
  const { op } = node;
  if (op.kind !== "elementwise" || kept.has(node) || (op.flops ?? 1) > MAX_FLOPS) return false;
  const all = readers.get(node)?.size ?? 0;
  if (all < 2 || all !== directReaders) return false;
  const tensors = node.inputs.filter((input) => constantValue(input) === undefined);
  const count = node.shape.reduce((total, size) => total * size, 1);
  return tensors.length === 1 && isAligned(tensors[0], count);
}
