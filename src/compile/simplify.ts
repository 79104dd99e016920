// Graph -> Graph of the same values with fewer and cheaper nodes.
//
// In one walk: dead code is never visited, equal nodes become one, constants are computed, and each record's own
// `simplify` and `expand` rules are asked. Afterwards every update stands in a buffer of its own, every output is one run
// of a buffer, and every view can be read through a layout; `copy` nodes are put in where that takes one.

import { withScope } from "../base/scope.ts";
import { accessOf } from "../graph/access.ts";
import { elementValue } from "../graph/elementValue.ts";
import { type Graph, isInput, makeGraph, reachable } from "../graph/graph.ts";
import { Node, printAttrs } from "../graph/node.ts";
import type { OpRecord } from "../graph/op.ts";
import { constantNode, constantValue } from "../graph/source.ts";
import type { DeviceProfile } from "../kernels/kernel.ts";
import { dtypeSizeBytes } from "../tensor/dtype.ts";
import { isRun } from "../tensor/layout.ts";
import { elementCount } from "../tensor/shape.ts";
import { copyNode } from "./copy.ts";
import { isStridedReadable, stridedFields } from "./strided.ts";

/** The same values, cheaper on `device`. Inputs and update targets stay the very nodes they were. */
export function simplify(graph: Graph, device: DeviceProfile): Graph {
  const walk = new Walk(device);
  for (const node of graph.nodes) walk.visit(node);
  const own = new Map<Node, Node>();
  const inBuffer = (node: Node): Node => {
    const result = walk.visit(node);
    if (result.op.kind !== "view" && result.op.kind !== "source") return result;
    const copied = own.get(result) ?? copyNode(result);
    own.set(result, copied);
    return copied;
  };
  const taken = new Set<Node>();
  const updates = graph.updates.map(({ target, value }) => {
    const simple = inBuffer(value);
    const separate = taken.has(simple) ? copyNode(simple) : simple;
    taken.add(separate);
    return { target, value: separate };
  });
  const inRun = (node: Node): Node => (isRunOfMade(walk.visit(node)) ? walk.visit(node) : inBuffer(node));
  return makeGraph(graph.outputs.map(inRun), updates);
}

/** Whether `node` is a view of neighbours in the buffer of something computed: what a result is copied from. */
function isRunOfMade(node: Node): boolean {
  if (node.op.kind !== "view" || elementCount(node.shape) === 0) return false;
  const access = accessOf(node);
  if (access === undefined || access.base.op.kind === "source" || !isRun(access.layout)) return false;
  // What a small part stands in would be kept to the end, all of it.
  if (2 * elementCount(node.shape) < elementCount(access.base.shape)) return false;
  // Copies on the GPU begin at whole words.
  return (access.layout.offset * dtypeSizeBytes(node.dtype)) % 4 === 0;
}

class Walk {
  private readonly done = new Map<Node, Node>();
  private readonly known = new Map<OpRecord, Map<string, Node>>();
  private readonly device: DeviceProfile;

  constructor(device: DeviceProfile) {
    this.device = device;
  }

  /** The cheaper form of `node`. Rules may make nodes of their own, which are visited in turn. */
  visit(root: Node): Node {
    for (const node of reachable([root], (known) => this.done.has(known))) {
      if (!this.done.has(node)) this.done.set(node, this.rewrite(node));
    }
    return this.done.get(root) ?? root;
  }

  private rewrite(node: Node): Node {
    if (isInput(node)) return node;
    const inputs = node.inputs.map((input) => this.readable(this.visit(input), node));
    const rebuilt = this.unique(new Node(node.op, inputs, node.attrs, node, node.origin));
    return this.done.get(rebuilt) ?? this.improve(rebuilt);
  }

  private improve(node: Node): Node {
    const folded = foldConstant(node);
    if (folded !== undefined) return this.remember(node, this.unique(folded));
    const { op, inputs, attrs } = node;
    const context = { node, inputs, attrs };
    const expanded = () =>
      op.kind === "kernel" ? op.expand?.({ ...context, device: this.device }) : undefined;
    const rewritten = () => op.simplify?.(context) ?? expanded() ?? this.withReadablePorts(node);
    // What a rule makes stands for the node, and so belongs where that does.
    const better = node.origin === undefined ? rewritten() : withScope(node.origin, rewritten);
    if (better === undefined) return this.remember(node, node);
    return this.remember(node, this.visit(better));
  }

  private remember(node: Node, result: Node): Node {
    this.done.set(node, result);
    return result;
  }

  /** `node` with copies of the inputs that its kernel would read by address but cannot; undefined where there are none. */
  private withReadablePorts(node: Node): Node | undefined {
    const { op, inputs } = node;
    if (op.kind !== "kernel" || elementCount(node.shape) === 0) return undefined;
    const dispatch = op.dispatch(inputs, node.attrs, this.device);
    const readable = inputs.map((input, index) => {
      const fields = stridedFields(dispatch, index);
      return fields === undefined || isStridedReadable(input, fields) ? input : this.unique(copyNode(input));
    });
    const isSame = readable.every((input, index) => input === inputs[index]);
    return isSame ? undefined : new Node(op, readable, node.attrs, node, node.origin);
  }

  /** `input`, or a copy of it where `reader` is a view that no layout can express on top of it. */
  private readable(input: Node, reader: Node): Node {
    if (input.op.kind !== "view" || reader.op.kind !== "view") return input;
    const trial = new Node(reader.op, [input], reader.attrs, reader, reader.origin);
    return accessOf(trial) === undefined ? this.unique(copyNode(input)) : input;
  }

  /** The node made earlier with the same op, attributes and inputs, or else this one. */
  private unique(node: Node): Node {
    const key = `${printAttrs(node.attrs)}|${node.dtype}|${node.inputs.map(({ id }) => id).join(",")}`;
    const sameOp = this.known.get(node.op) ?? new Map<string, Node>();
    this.known.set(node.op, sameOp);
    const twin = sameOp.get(key);
    if (twin !== undefined) return twin;
    sameOp.set(key, node);
    return node;
  }
}

/** A constant for a node whose every element is the same known number. */
function foldConstant(node: Node): Node | undefined {
  const { op, inputs } = node;
  if (op.kind === "source" || op.kind === "kernel" || inputs.length === 0) return undefined;
  const values = inputs.map(constantValue);
  if (!values.every((value) => value !== undefined)) return undefined;
  const constant = (value: number) => constantNode(value, node.dtype, node.shape);
  if (op.kind === "elementwise")
    return op.usesIndex ? undefined : constant(elementValue(op, node, values, 0));
  // What is rearranged, or set side by side, is one number only where all of it is.
  return values.every((value) => Object.is(value, values[0])) ? constant(values[0]) : undefined;
}
