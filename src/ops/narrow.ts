// narrow: neighbours along one axis, without a copy.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { normalizeAxis, printShape } from "../tensor/shape.ts";
import { slice } from "./slice.ts";

/**
 * `length` elements of `x` along `axis`, from `start` on, which counts from the end where it is negative. x: any dtype.
 * Throws ShapeError where they do not all lie in x. Source: torch.narrow.
 */
export function narrow<T extends Value>(x: T, axis: number, start: number, length: number): T {
  requireTensor("narrow", "x", x);
  const along = normalizeAxis("narrow", axis, x.shape.length);
  const size = x.shape[along];
  const from = start < 0 ? start + size : start;
  const isInside = Number.isInteger(from) && Number.isInteger(length) && from >= 0 && length >= 0;
  if (!isInside || from + length > size) {
    throw new ShapeError(
      `narrow: ${length} elements from ${start} on do not lie in axis ${along} of ${printShape(x.shape)}; they must be among its ${size}.`,
    );
  }
  const at = (value: number) => x.shape.map((_, other) => (other === along ? value : undefined));
  return from === 0 && length === size ? x : slice(x, { starts: at(from), ends: at(from + length) });
}
