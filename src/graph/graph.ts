// Graphs: what is to be computed, as nodes in an order in which they can be.
//
// Decides: what a well-formed graph is (verifyGraph) and how one prints. Leaves meaning to the op records.

import { assert } from "../base/assert.ts";
import { isSameShape, printShape } from "../tensor/shape.ts";
import { type Node, printAttrs } from "./node.ts";

/** After the run, `target` (an input) holds what `value` was. */
export interface Update {
  readonly target: Node;
  readonly value: Node;
}

/** What is to be computed. */
export interface Graph {
  /** Every node that is needed, inputs of a node before the node. */
  readonly nodes: readonly Node[];
  /** The fed leaves among `nodes`, in order of their making. */
  readonly inputs: readonly Node[];
  readonly outputs: readonly Node[];
  readonly updates: readonly Update[];
}

/** Whether `node` is a leaf that is fed. */
export function isInput(node: Node): boolean {
  return node.op.kind === "source" && node.op.constant(node.attrs) === undefined;
}

/** All that `roots` need, sorted by id; nodes for which `isKnown` holds, and what is below them, are left out. */
export function reachable(roots: Iterable<Node>, isKnown: (node: Node) => boolean = () => false): Node[] {
  const seen = new Set<Node>();
  const stack = [...roots];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node) || isKnown(node)) continue;
    seen.add(node);
    stack.push(...node.inputs);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

/** The graph that gives `outputs` and makes `updates`. */
export function makeGraph(outputs: readonly Node[], updates: readonly Update[] = []): Graph {
  const nodes = reachable([...outputs, ...updates.flatMap(({ target, value }) => [target, value])]);
  const graph = { nodes, inputs: nodes.filter(isInput), outputs, updates };
  verifyGraph(graph);
  return Object.freeze(graph);
}

/** Throws InternalError unless order, shapes and update targets are as every pass may assume. */
export function verifyGraph({ nodes, updates }: Graph): void {
  const seen = new Set<Node>();
  for (const node of nodes) {
    for (const input of node.inputs) assert(seen.has(input), `${node.op.name} stands before its input`);
    seen.add(node);
    if (node.op.kind !== "elementwise") continue;
    for (const input of node.inputs) {
      assert(
        isSameShape(input.shape, node.shape),
        `${node.op.name} of ${printShape(node.shape)} has an input of ${printShape(input.shape)}`,
      );
    }
  }
  const targets = new Set<Node>();
  for (const { target, value } of updates) {
    assert(isInput(target), "an update's target is not an input");
    assert(!targets.has(target), "an input is updated twice");
    assert(
      isSameShape(target.shape, value.shape) && target.dtype === value.dtype,
      "an update changes shape or dtype",
    );
    targets.add(target);
  }
}

/** `f32[2, 3]`. */
export function printSpec(node: Node): string {
  return `${node.dtype}${printShape(node.shape)}`;
}

/** The graph as text: a line a node, numbered from 0. */
export function printGraph(graph: Graph): string {
  const numbers = new Map(graph.nodes.map((node, index) => [node, `%${index}`]));
  const name = (node: Node) => numbers.get(node) ?? "?";
  const lines = graph.nodes.map((node) => {
    const args = node.inputs.map(name).join(", ");
    const attrs = node.op.kind === "source" && isInput(node) ? "" : shownAttrs(node.attrs);
    const origin = node.origin === undefined ? "" : `  "${node.origin}"`;
    return `${name(node)} = ${node.op.name}(${args})${attrs} ${printSpec(node)}${origin}`;
  });
  for (const { target, value } of graph.updates) lines.push(`update ${name(target)} <- ${name(value)}`);
  lines.push(`return ${graph.outputs.map(name).join(", ")}`);
  return lines.join("\n");
}

function shownAttrs(attrs: unknown): string {
  if (attrs === undefined || attrs === null) return "";
  const text = Object.entries(attrs).map(([key, value]) => `${key}: ${printAttrs(value)}`);
  return text.length === 0 ? "" : ` {${text.join(", ")}}`;
}
