// The gradient of a choice between two values: all to the chosen one, half to each where they are equal.

import type { Node } from "../graph/node.ts";
import type { Ops } from "./define.ts";

/** [da, db] where `isA` and `isB` say, elementwise, which was chosen; neither means a tie. */
export function splitGradient(o: Ops, dy: Node, isA: Node, isB: Node): Node[] {
  const half = o.mul(dy, 0.5);
  return [o.where(isA, dy, o.where(isB, 0, half)), o.where(isB, dy, o.where(isA, 0, half))];
}
