// logicalAnd: whether neither a nor b is zero.

import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { bitwiseAnd } from "./bitwiseAnd.ts";
import { cast } from "./cast.ts";
import { broadcastTogether } from "./defineElementwise.ts";

/** Whether neither a nor b is zero (or false); NaN is not zero. Any dtypes and shapes that broadcast; the result is bool. Source: torch.logical_and. */
export function logicalAnd<T extends Value>(a: T, b: T): T {
  requireTensor("logicalAnd", "a", a);
  requireTensor("logicalAnd", "b", b);
  const [x, y] = broadcastTogether("logicalAnd", [a, b]);
  return bitwiseAnd(cast(x, "bool"), cast(y, "bool"));
}
