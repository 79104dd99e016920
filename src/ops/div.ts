// div: y = a / b.

import { constantValue } from "../graph/source.ts";
import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { floating } from "./dtypeRules.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";

/** a / b, also between integers, which count as f32. Shapes broadcast. Source: torch.div. */
export const div: BinaryOp = defineBinary({
  name: "div",
  dtypes: floating,
  reference: ([a, b]) => a / b,
  wgsl: ([a, b]) => `${a} / ${b}`,
  gradient: ({ dy, y, inputs: [, b] }) => [div(dy, b), neg(div(mul(dy, y), b))],
  simplify: ({ node, inputs: [a, b] }) => (constantValue(b) === 1 && a.dtype === node.dtype ? a : undefined),
});
