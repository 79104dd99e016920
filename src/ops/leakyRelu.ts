// leakyRelu: y = x where x > 0, else a fraction of it.

import type { Value } from "../graph/node.ts";
import { greater } from "./greater.ts";
import { mul } from "./mul.ts";
import { where } from "./where.ts";

/** x where x > 0, else negativeSlope * x (default 0.01). x: any shape. Source: torch.nn.functional.leaky_relu. */
export function leakyRelu<T extends Value>(
  x: T,
  { negativeSlope = 0.01 }: { readonly negativeSlope?: number } = {},
): T {
  return where(greater(x, 0), x, mul(x, negativeSlope));
}
