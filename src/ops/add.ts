// add: y = a + b.

import { constantValue } from "../graph/source.ts";
import { arithmetic, type BinaryOp, defineBinary } from "./defineElementwise.ts";

/** a + b. Shapes broadcast; dtypes promote (bool counts as i32). Source: torch.add. */
export const add: BinaryOp = defineBinary({
  name: "add",
  dtypes: arithmetic,
  reference: ([a, b]) => a + b,
  wgsl: ([a, b]) => `${a} + ${b}`,
  gradient: ({ dy }) => [dy, dy],
  simplify({ node, inputs: [a, b] }) {
    if (constantValue(a) === 0 && b.dtype === node.dtype) return b;
    return constantValue(b) === 0 && a.dtype === node.dtype ? a : undefined;
  },
});
