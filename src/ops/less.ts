// less: whether a < b.

import { type BinaryOp, defineBinary } from "./defineElementwise.ts";
import { comparison } from "./dtypeRules.ts";

/** Whether a is below b, as bool. Shapes broadcast; nothing is true of NaN. Source: torch.lt. */
export const less: BinaryOp = defineBinary({
  name: "less",
  dtypes: comparison,
  reference: ([a, b]) => (a < b ? 1 : 0),
  wgsl: ([a, b]) => `${a} < ${b}`,
});
