// What there is to time for a graph: for each of its choices that nobody has made yet, a plan for each candidate.
//
// A node is timed by itself, on inputs of its own that stand in order, without what is fused to it and whatever its
// views: a choice holds for a class of shapes wherever they occur. A node that is cut into parts is timed as it is cut.

import { type Graph, makeGraph } from "../graph/graph.ts";
import { Node } from "../graph/node.ts";
import { inputNode } from "../graph/source.ts";
import type { DeviceProfile } from "../kernels/kernel.ts";
import { elementCount } from "../tensor/shape.ts";
import { compileGraph } from "./compileGraph.ts";
import { choicesFor } from "./launch.ts";
import type { Plan } from "./plan.ts";
import { simplify } from "./simplify.ts";

/** A choice to be made by time: a plan of one node for each candidate, the default first. */
export interface Trial {
  readonly key: string;
  readonly candidates: readonly { readonly name: string; readonly plan: Plan }[];
}

/** The choices among the kernels of `graph` whose keys are not `isKnown`, each once; made as they are asked for. */
export function* trialsOf(
  graph: Graph,
  device: DeviceProfile,
  isKnown: (key: string) => boolean,
): Generator<Trial> {
  const seen = new Set<string>();
  for (const node of simplify(graph, device).nodes) {
    if (elementCount(node.shape) === 0) continue;
    const choices = choicesFor(node, device);
    if (choices === undefined || seen.has(choices.key) || isKnown(choices.key)) continue;
    const { key } = choices;
    seen.add(key);
    const plans = choices.candidates.map(({ name }) => {
      return { name, plan: planOf(node, { ...device, choices: { [key]: { name, from: "tuned" } } }) };
    });
    yield { key, candidates: plans };
  }
}

function planOf({ op, inputs, attrs, shape, dtype }: Node, device: DeviceProfile): Plan {
  const own = inputs.map((input) => inputNode(input.shape, input.dtype));
  return compileGraph(makeGraph([new Node(op, own, attrs, { shape, dtype })]), device);
}
