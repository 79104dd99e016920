// Values whose gradient is given by hand.
//
// Decides: how such a value is marked. The mark is a view that has as its inputs all that the rule may read, so that a part
// of a graph that is computed again (segment.ts) hands the rule the values of that time. No gradient passes to what the
// value was computed by, only to the inputs that the rule answers for. It vanishes when the graph is simplified.

import { assertPresent } from "../base/assert.ts";
import { Node } from "../graph/node.ts";
import type { ViewRecord } from "../graph/op.ts";

/** What a rule is given: dL/dy, the marked value, the inputs that it answers for, and what else it asked to be kept. */
export interface HandContext {
  readonly dy: Node;
  readonly y: Node;
  readonly inputs: readonly Node[];
  readonly saved: readonly Node[];
}

/** dL/dx for each input; undefined where none flows. */
export type HandRule = (context: HandContext) => readonly (Node | undefined)[];

interface MarkAttrs {
  /** How many of the inputs behind the first the rule answers for; the others are what was saved. */
  readonly inputs: number;
}

/** The rule of each mark, by its attributes: plain data as those of all nodes, and one object for a mark and its copies. */
const rules = new WeakMap<MarkAttrs, HandRule>();

const markRecord: ViewRecord<MarkAttrs> = {
  kind: "view",
  name: "customGradient",
  output: ([y]) => ({ shape: y.shape, dtype: y.dtype }),
  layout: (input) => input,
  preservesOrder: true,
  gradient({ dy, y, inputs: [, ...read], attrs }) {
    const { inputs } = attrs;
    const rule = assertPresent(rules.get(attrs), "the rule of a gradient by hand");
    return [undefined, ...rule({ dy, y, inputs: read.slice(0, inputs), saved: read.slice(inputs) })];
  },
  // Gradients have been taken by the time plans are made.
  simplify: ({ inputs: [y] }) => y,
};

/** `y` with the gradient of `rule` with respect to `inputs`, and none with respect to anything else. */
export function withHandGradient(
  y: Node,
  inputs: readonly Node[],
  saved: readonly Node[],
  rule: HandRule,
): Node {
  const attrs = { inputs: inputs.length };
  rules.set(attrs, rule);
  return new Node(markRecord, [y, ...inputs, ...saved], attrs, y, y.origin);
}
