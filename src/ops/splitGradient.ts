// The gradient of a choice between two values: all to the chosen one, half to each where they are equal.

import type { Node } from "../graph/node.ts";
import { mul } from "./mul.ts";
import { where } from "./where.ts";

/** [da, db] where `isA` and `isB` say, elementwise, which was chosen; neither means a tie. */
export function splitGradient(dy: Node, isA: Node, isB: Node): Node[] {
  const half = mul(dy, 0.5);
  return [where(isA, dy, where(isB, 0, half)), where(isB, dy, where(isA, 0, half))];
}
