// any, all: whether some or all elements are true, over any axes.

import { product } from "../base/integers.ts";
import type { Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { normalizeAxes } from "../tensor/shape.ts";
import { cast } from "./cast.ts";
import { max } from "./max.ts";
import { min } from "./min.ts";
import { type AxisOptions, reduceOver } from "./reduction.ts";

/**
 * Whether any element over `axis` (all axes where not given) is true, as bool. x: any dtype; all but 0 is true, NaN too. Of
 * nothing none is. Throws ShapeError for an axis out of range. Source: torch.any.
 */
export function any<T extends Value>(x: T, options: AxisOptions = {}): T {
  requireTensor("any", "x", x);
  return truthOver("any", x, options, max);
}

/**
 * Whether all elements over `axis` (all axes where not given) are true, as bool. x: any dtype; all but 0 is true, NaN too. Of
 * nothing all are. Throws ShapeError for an axis out of range. Source: torch.all.
 */
export function all<T extends Value>(x: T, options: AxisOptions = {}): T {
  requireTensor("all", "x", x);
  return truthOver("all", x, options, min);
}

function truthOver<T extends Value>(
  op: "any" | "all",
  x: T,
  options: AxisOptions,
  extremum: (truth: T, options: AxisOptions) => T,
): T {
  const axes = normalizeAxes(op, options.axis, x.shape.length);
  if (product(axes.map((axis) => x.shape[axis])) === 0) {
    return reduceOver(op, x, options, ({ shape: [outer, , inner] }) =>
      x.derive(constantNode(op === "all" ? 1 : 0, "bool", [outer, inner]), [x]),
    );
  }
  // As f32, whose reductions are many at a time.
  return cast(extremum(cast(cast(x, "bool"), "f32"), options), "bool");
}
