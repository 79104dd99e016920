// The gradient of what is flat between its steps.

import type { Node } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { isFloating } from "../tensor/dtype.ts";

/** 0 for every input that is a float, as PyTorch has it: a gradient that is there, and nothing. */
export function zeroGradient({ inputs }: { readonly inputs: readonly Node[] }): (Node | undefined)[] {
  return inputs.map(({ dtype, shape }) => (isFloating(dtype) ? constantNode(0, dtype, shape) : undefined));
}
