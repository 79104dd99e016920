// silu: y = x * sigmoid(x), also called swish.

import type { Value } from "../graph/node.ts";
import { mul } from "./mul.ts";
import { sigmoid } from "./sigmoid.ts";

/** x * sigmoid(x). x: any shape. Source: torch.nn.functional.silu. */
export function silu<T extends Value>(x: T): T {
  return mul(x, sigmoid(x));
}
