// stack: tensors of one shape along a new axis. Whatever makes them writes them to their place: nothing is copied.

import { ShapeError, UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { isSameShape, normalizeAxis, printShape } from "../tensor/shape.ts";
import { concat } from "./concat.ts";
import { unsqueeze } from "./squeeze.ts";

/**
 * All of `list` along a new axis, which is `axis` (default 0) of the result; dtypes promote. Throws UsageError for an
 * empty list, ShapeError where shapes differ. Source: torch.stack.
 */
export function stack<T extends Value>(list: readonly T[], { axis = 0 }: { readonly axis?: number } = {}): T {
  if (list.length === 0) throw new UsageError("stack: the list is empty; it must hold at least one tensor.");
  for (const x of list) requireTensor("stack", "one of the list", x);
  const [{ shape }] = list;
  const other = list.find((x) => !isSameShape(x.shape, shape));
  if (other !== undefined) {
    throw new ShapeError(
      `stack: ${printShape(shape)} and ${printShape(other.shape)} differ; all shapes must be equal.`,
    );
  }
  const along = normalizeAxis("stack", axis, shape.length + 1);
  return concat(
    list.map((x) => unsqueeze(x, along)),
    { axis: along },
  );
}
