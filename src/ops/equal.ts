// equal: whether a == b.

import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { comparison } from "./dtypeRules.ts";

/** Whether a is equal to b, as bool. Shapes broadcast; nothing is true of NaN. Source: torch.eq. */
export const equal: BinaryOp = defineBinary({
  name: "equal",
  dtypes: comparison,
  reference: ([a, b]) => (a === b ? 1 : 0),
  wgsl: ([a, b]) => `${a} == ${b}`,
});
