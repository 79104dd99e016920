// greaterEqual: whether a >= b.

import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { comparison } from "./dtypeRules.ts";

/** Whether a is at least b, as bool. Shapes broadcast; nothing is true of NaN. Source: torch.ge. */
export const greaterEqual: BinaryOp = defineBinary({
  name: "greaterEqual",
  dtypes: comparison,
  reference: ([a, b]) => (a >= b ? 1 : 0),
  wgsl: ([a, b]) => `${a} >= ${b}`,
});
