// Variables: values by which a function is differentiated, each apart from whatever else stands for the same numbers.
//
// Decides: how one argument of a function is told from another that is the same tensor, and from one that the function
// captures. A variable is a view that vanishes when the graph is simplified.

import { Node } from "../graph/node.ts";
import type { ViewRecord } from "../graph/op.ts";

const variableRecord: ViewRecord = {
  kind: "view",
  name: "variable",
  output: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  layout: (input) => input,
  preservesOrder: true,
  gradient: ({ dy }) => [dy],
  simplify: ({ inputs: [x] }) => x,
};

/** `x` as a variable: gradients with respect to it count what was computed from it, and not what x does elsewhere. */
export function variableOf(x: Node): Node {
  return new Node(variableRecord, [x], undefined, x, x.origin);
}
