// reciprocal: y = 1 / x.

import type { Value } from "../graph/node.ts";
import { div } from "./div.ts";

/** 1 / x. x: any shape; integers count as f32. Source: torch.reciprocal. */
export function reciprocal<T extends Value>(x: T): T {
  return div(1, x);
}
