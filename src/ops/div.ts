// div: y = a / b.

import { constantValue } from "../graph/source.ts";
import { type BinaryOp, defineBinary, floating } from "./defineElementwise.ts";

/** a / b, also between integers, which count as f32. Shapes broadcast. Source: torch.div. */
export const div: BinaryOp = defineBinary({
  name: "div",
  dtypes: floating,
  reference: ([a, b]) => a / b,
  wgsl: ([a, b]) => `${a} / ${b}`,
  gradient: ({ dy, y, inputs: [, b], o }) => [o.div(dy, b), o.neg(o.div(o.mul(dy, y), b))],
  simplify: ({ node, inputs: [a, b] }) => (constantValue(b) === 1 && a.dtype === node.dtype ? a : undefined),
});
