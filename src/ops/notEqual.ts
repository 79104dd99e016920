// notEqual: whether a != b.

import { type BinaryOp, comparison, defineBinary } from "./defineElementwise.ts";

/** Whether a is different from b, as bool. Shapes broadcast; nothing is true of NaN but this. Source: torch.ne. */
export const notEqual: BinaryOp = defineBinary({
  name: "notEqual",
  dtypes: comparison,
  reference: ([a, b]) => (a !== b ? 1 : 0),
  wgsl: ([a, b]) => `${a} != ${b}`,
});
