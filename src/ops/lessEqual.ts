// lessEqual: whether a <= b.

import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { comparison } from "./dtypeRules.ts";

/** Whether a is at most b, as bool. Shapes broadcast; nothing is true of NaN. Source: torch.le. */
export const lessEqual: BinaryOp = defineBinary({
  name: "lessEqual",
  dtypes: comparison,
  reference: ([a, b]) => (a <= b ? 1 : 0),
  wgsl: ([a, b]) => `${a} <= ${b}`,
});
