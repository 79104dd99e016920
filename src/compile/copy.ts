// copy: the identity as an elementwise record. Compilation puts it where a view or a leaf must become a buffer of its own.

import { Node } from "../graph/node.ts";
import type { ElementwiseRecord } from "../graph/op.ts";

const record: ElementwiseRecord = {
  kind: "elementwise",
  name: "copy",
  output: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  operands: ([x]) => [x.dtype],
  reference: ([x]) => x,
  wgsl: ([x]) => x,
  flops: 0,
};

/** A node that holds the elements of `x`, row-major, in a buffer of its own. */
export function copyNode(x: Node): Node {
  return new Node(record, [x], undefined, { shape: x.shape, dtype: x.dtype }, x.origin);
}
