// raiseTo: a floor under values that does not stop their gradient.

import type { Value } from "../graph/node.ts";
import { add } from "./add.ts";
import { clamp } from "./clamp.ts";
import { detach } from "./detach.ts";
import { sub } from "./sub.ts";

/** x, at least `floor`; the gradient is x's own also below, as where PyTorch clamps in place and unseen by autograd. */
export function raiseTo<T extends Value>(x: T, floor: number): T {
  return add(x, detach(sub(clamp(x, { min: floor }), x)));
}
