// greater: whether a > b.

import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { comparison } from "./dtypeRules.ts";

/** Whether a is above b, as bool. Shapes broadcast; nothing is true of NaN. Source: torch.gt. */
export const greater: BinaryOp = defineBinary({
  name: "greater",
  dtypes: comparison,
  reference: ([a, b]) => (a > b ? 1 : 0),
  wgsl: ([a, b]) => `${a} > ${b}`,
});
