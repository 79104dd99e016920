// logicalXor: whether one of a and b is zero and the other not.

import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { bitwiseXor } from "./bitwiseXor.ts";
import { cast } from "./cast.ts";
import { broadcastTogether } from "./defineElementwise.ts";

/** Whether one of a and b is zero and the other not (or false); NaN is not zero. Any dtypes and shapes that broadcast; the result is bool. Source: torch.logical_xor. */
export function logicalXor<T extends Value>(a: T, b: T): T {
  requireTensor("logicalXor", "a", a);
  requireTensor("logicalXor", "b", b);
  const [x, y] = broadcastTogether("logicalXor", [a, b]);
  return bitwiseXor(cast(x, "bool"), cast(y, "bool"));
}
