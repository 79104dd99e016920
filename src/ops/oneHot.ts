// oneHot: a row of zeros with a one at the class, for each label.

import { UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireDtype } from "../tensor/dtype.ts";
import { arangeNode } from "./arange.ts";
import { cast } from "./cast.ts";
import { equal } from "./equal.ts";
import { unsqueeze } from "./squeeze.ts";

/**
 * f32 [..., classes] with 1 where the class is the label. labels: i32 or u32, any shape; one outside 0 … classes - 1
 * gives a row of zeros. Throws UsageError unless `classes` is a whole number above 0. Source: torch.nn.functional.one_hot.
 */
export function oneHot<T extends Value>(labels: T, classes: number): T {
  requireDtype("oneHot", "labels", labels, ["i32", "u32"]);
  if (!Number.isInteger(classes) || classes < 1) {
    throw new UsageError(`oneHot: ${classes} classes; it must be a whole number above 0.`);
  }
  const range = labels.derive(arangeNode(classes, labels.dtype), [labels]);
  return cast(equal(unsqueeze(labels, -1), range), "f32");
}
