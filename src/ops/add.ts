// add: y = a + b.

import type { Node } from "../graph/node.ts";
import { constantValue } from "../graph/source.ts";
import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { arithmetic } from "./dtypeRules.ts";

/** a + b. Shapes broadcast; dtypes promote (bool counts as i32). Source: torch.add. */
export const add: BinaryOp = defineBinary({
  name: "add",
  dtypes: arithmetic,
  reference: ([a, b]) => a + b,
  wgsl: ([a, b]) => `${a} + ${b}`,
  gradient: ({ dy }) => [dy, dy],
  simplify({ node, inputs: [a, b] }) {
    if (constantValue(a) === 0 && b.dtype === node.dtype) return b;
    if (constantValue(b) === 0 && a.dtype === node.dtype) return a;
    return sumOfAlike(addends(node));
  },
});

/** What a tree of additions adds up. */
function addends(node: Node): Node[] {
  return node.inputs.flatMap((input) => (input.op === node.op ? addends(input) : [input]));
}

/** Addends of one op in the form that this op has for their sum, and the rest added to it. */
function sumOfAlike(nodes: readonly Node[]): Node | undefined {
  for (const op of new Set(nodes.map((node) => node.op))) {
    const alike = nodes.filter((node) => node.op === op);
    const sum = alike.length > 1 ? op.sumOf?.(alike) : undefined;
    if (sum !== undefined) return nodes.filter((node) => node.op !== op).reduce((a, b) => add(a, b), sum);
  }
  return undefined;
}
