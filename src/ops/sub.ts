// sub: y = a - b.

import { constantValue } from "../graph/source.ts";
import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { arithmetic } from "./dtypeRules.ts";
import { neg } from "./neg.ts";

/** a - b. Shapes broadcast; dtypes promote (bool counts as i32). Source: torch.sub. */
export const sub: BinaryOp = defineBinary({
  name: "sub",
  dtypes: arithmetic,
  reference: ([a, b]) => a - b,
  wgsl: ([a, b]) => `${a} - ${b}`,
  gradient: ({ dy }) => [dy, neg(dy)],
  simplify: ({ node, inputs: [a, b] }) => (constantValue(b) === 0 && a.dtype === node.dtype ? a : undefined),
});
