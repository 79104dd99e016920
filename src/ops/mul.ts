// mul: y = a * b.

import { constantValue } from "../graph/source.ts";
import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { arithmetic } from "./dtypeRules.ts";

/** a * b. Shapes broadcast; dtypes promote (bool counts as i32). Source: torch.mul. */
export const mul: BinaryOp = defineBinary({
  name: "mul",
  dtypes: arithmetic,
  reference: ([a, b]) => a * b,
  wgsl: ([a, b]) => `${a} * ${b}`,
  gradient: ({ dy, inputs: [a, b] }) => [mul(dy, b), mul(dy, a)],
  simplify({ node, inputs: [a, b] }) {
    if (constantValue(a) === 1 && b.dtype === node.dtype) return b;
    return constantValue(b) === 1 && a.dtype === node.dtype ? a : undefined;
  },
});
