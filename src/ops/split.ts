// split: an axis cut into pieces of given sizes.

import { ShapeError } from "../base/errors.ts";
import { ceilDiv, range } from "../base/integers.ts";
import { requireWhole } from "../base/requireWhole.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { normalizeAxis, printShape } from "../tensor/shape.ts";
import { narrow } from "./narrow.ts";

/**
 * `x` cut along `axis` (default 0) into pieces of `size`, the last one with what is left, or of the sizes in a list.
 * Views, without a copy. x: any dtype. Throws ShapeError unless a list adds up to the axis, UsageError for sizes that are
 * not whole numbers. Source: torch.split.
 */
export function split<T extends Value>(
  x: T,
  size: number | readonly number[],
  { axis = 0 }: { readonly axis?: number } = {},
): T[] {
  requireTensor("split", "x", x);
  const along = normalizeAxis("split", axis, x.shape.length);
  const length = x.shape[along];
  const sizes = typeof size === "number" ? evenSizes(length, size) : size;
  for (const part of sizes) requireWhole("split: a size", part, 0);
  const total = sizes.reduce((sum, part) => sum + part, 0);
  if (total !== length) {
    throw new ShapeError(
      `split: sizes ${printShape(sizes)} add up to ${total} for axis ${along} of ${printShape(x.shape)}; they must add up to ${length}.`,
    );
  }
  let start = 0;
  return sizes.map((part) => {
    start += part;
    return narrow(x, along, start - part, part);
  });
}

/** At least one piece, also of nothing. */
function evenSizes(length: number, size: number): number[] {
  requireWhole("split: size", size, length === 0 ? 0 : 1);
  const count = Math.max(1, ceilDiv(length, Math.max(1, size)));
  return range(0, count).map((index) => Math.min(size, length - index * size));
}
