// Putting nodes in the place of others.

import { reachable } from "./graph.ts";
import { Node } from "./node.ts";

/** `roots` with every node for which `replacement` gives another replaced by it, and what stands on them rebuilt. */
export function substitute(roots: readonly Node[], replacement: (node: Node) => Node | undefined): Node[] {
  const result = new Map<Node, Node>();
  const isReplaced = (node: Node) => {
    const other = replacement(node);
    if (other !== undefined) result.set(node, other);
    return other !== undefined;
  };
  const current = (node: Node) => result.get(node) ?? node;
  for (const node of reachable(roots, isReplaced)) {
    const inputs = node.inputs.map(current);
    const isSame = inputs.every((input, index) => input === node.inputs[index]);
    result.set(node, isSame ? node : new Node(node.op, inputs, node.attrs, node, node.origin));
  }
  return roots.map(current);
}
