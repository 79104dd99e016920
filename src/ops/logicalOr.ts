// logicalOr: whether a or b is not zero.

import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { bitwiseOr } from "./bitwiseOr.ts";
import { cast } from "./cast.ts";
import { broadcastTogether } from "./defineElementwise.ts";

/** Whether a or b is not zero (or false); NaN is not zero. Any dtypes and shapes that broadcast; the result is bool. Source: torch.logical_or. */
export function logicalOr<T extends Value>(a: T, b: T): T {
  requireTensor("logicalOr", "a", a);
  requireTensor("logicalOr", "b", b);
  const [x, y] = broadcastTogether("logicalOr", [a, b]);
  return bitwiseOr(cast(x, "bool"), cast(y, "bool"));
}
