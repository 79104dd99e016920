// arange: 0, 1, 2, …; computed from the index and never stored unless someone must read it.

import type { Node } from "../graph/node.ts";
import type { ElementwiseRecord } from "../graph/op.ts";
import type { Dtype } from "../tensor/dtype.ts";
import { makeNode } from "./define.ts";

interface ArangeAttrs {
  readonly count: number;
  readonly dtype: Dtype;
}

const record: ElementwiseRecord<ArangeAttrs> = {
  kind: "elementwise",
  name: "arange",
  usesIndex: true,
  output: (_inputs, { count, dtype }) => ({ shape: [count], dtype }),
  operands: () => [],
  reference: (_args, _attrs, index) => index,
  wgsl: (_args, types, { dtype }) =>
    (dtype === "i32" ? types.i32 : dtype === "u32" ? types.u32 : types.f32) + `(${types.index})`,
  flops: 0,
};

/** The node of 0 … count - 1. */
export function arangeNode(count: number, dtype: Dtype): Node {
  return makeNode(record, [], { count, dtype });
}
