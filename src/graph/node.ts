// Nodes: one application of one op, as plain frozen data.
//
// Invariant: a node's id is above the ids of its inputs, so sorting by id is a topological order.
// Knows no op by name; what an op means stands in its record (op.ts).

import { currentScope } from "../base/scope.ts";
import type { Dtype } from "../tensor/dtype.ts";
import type { Shape } from "../tensor/shape.ts";
import type { OpRecord } from "./op.ts";

/** Shape and dtype of a value. */
export interface Spec {
  readonly shape: Shape;
  readonly dtype: Dtype;
}

/**
 * Whatever an op can be applied to: a Node (in gradient rules and passes) or a Tensor (in user code).
 * Ops are written once, against this.
 */
export interface Value extends Spec {
  /** The node that stands for this value; `op` names who asks, for the message where it cannot be had. */
  toNode(op: string): Node;
  /** A value of the same kind for `node`, which was made from `sources`. */
  derive(node: Node, sources: readonly Value[]): this;
}

/** `attrs` as text, equal only for equal ones: JSON has no infinities, no NaN and no -0. */
export function printAttrs(attrs: unknown): string {
  const text = JSON.stringify(attrs, (_key, value: unknown) => {
    const isLost = typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0));
    return isLost ? `number ${Object.is(value, -0) ? "-0" : value}` : value;
  });
  return text ?? "";
}

let lastId = 0;

/** One application of an op. */
export class Node implements Value {
  readonly id: number;
  readonly op: OpRecord;
  readonly inputs: readonly Node[];
  /** What the op was told beside its inputs: plain data, comparable as JSON. */
  readonly attrs: unknown;
  readonly shape: Shape;
  readonly dtype: Dtype;
  /** Where the node comes from, for printing: a parameter's name, or the layer in which it was traced. */
  readonly origin: string | undefined;

  constructor(op: OpRecord, inputs: readonly Node[], attrs: unknown, spec: Spec, origin?: string) {
    lastId += 1;
    this.id = lastId;
    this.op = op;
    this.inputs = inputs;
    this.attrs = attrs;
    this.shape = spec.shape;
    this.dtype = spec.dtype;
    this.origin = origin ?? currentScope();
    Object.freeze(this);
  }

  toNode(): Node {
    return this;
  }

  derive(node: Node): this {
    return node as this;
  }
}
