// The two leaves that every graph is built on: a value that is fed, and a number.

import { type Dtype, roundToDtype } from "../tensor/dtype.ts";
import type { Shape } from "../tensor/shape.ts";
import { Node } from "./node.ts";
import type { SourceRecord } from "./op.ts";

interface InputAttrs {
  readonly shape: Shape;
  readonly dtype: Dtype;
}

/** A value that is given from outside: an argument, a parameter, a buffer. Two inputs are never the same value. */
const inputRecord: SourceRecord<InputAttrs> = {
  kind: "source",
  name: "input",
  output: (_inputs, { shape, dtype }) => ({ shape, dtype }),
  constant: () => undefined,
};

interface ConstantAttrs extends InputAttrs {
  readonly value: number;
}

const constantRecord: SourceRecord<ConstantAttrs> = {
  kind: "source",
  name: "constant",
  output: (_inputs, { shape, dtype }) => ({ shape, dtype }),
  constant: ({ value }) => value,
};

/** A new leaf whose value is fed. */
export function inputNode(shape: Shape, dtype: Dtype, name?: string): Node {
  return new Node(inputRecord, [], { shape, dtype }, { shape, dtype }, name);
}

/** One known number, as often as `shape` says. It travels as data and not as shader text, and fills no buffer. */
export function constantNode(value: number, dtype: Dtype, shape: Shape = []): Node {
  return new Node(constantRecord, [], { value: roundToDtype(value, dtype), shape, dtype }, { shape, dtype });
}

/** The number that every element of `node` is, also behind views; undefined where that is not known. */
export function constantValue(node: Node): number | undefined {
  if (node.op.kind === "source") return node.op.constant(node.attrs);
  return node.op.kind === "view" ? constantValue(node.inputs[0]) : undefined;
}
