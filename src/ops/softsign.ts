// softsign: y = x / (1 + |x|).

import type { Value } from "../graph/node.ts";
import { abs } from "./abs.ts";
import { add } from "./add.ts";
import { div } from "./div.ts";

/** x / (1 + |x|); NaN for infinities. x: any shape; integers count as f32. Source: torch.nn.functional.softsign. */
export function softsign<T extends Value>(x: T): T {
  return div(x, add(abs(x), 1));
}
