// relu6: relu that ends at 6.

import type { Value } from "../graph/node.ts";
import { requireDtype } from "../tensor/dtype.ts";
import { NUMBERS } from "./dtypeRules.ts";
import { hardTanh } from "./hardTanh.ts";

/** x between 0 and 6, else the bound; at a bound the gradient is 0. x: any shape, no bools. Source: torch.nn.functional.relu6. */
export function relu6<T extends Value>(x: T): T {
  requireDtype("relu6", "x", x, NUMBERS);
  return hardTanh(x, { min: 0, max: 6 });
}
