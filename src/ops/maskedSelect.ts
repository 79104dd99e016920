// maskedSelect: the elements for which a mask holds, as a row of a size that is known while tracing.

import { requireWhole } from "../base/requireWhole.ts";
import type { Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { isFloating, requireDtype, requireTensor } from "../tensor/dtype.ts";
import { elementCount } from "../tensor/shape.ts";
import { arangeNode } from "./arange.ts";
import { clamp } from "./clamp.ts";
import { cumsum } from "./cumsum.ts";
import { broadcastTogether } from "./defineElementwise.ts";
import { gather } from "./gather.ts";
import { less } from "./less.ts";
import { reshape } from "./reshape.ts";
import { searchKeys } from "./searchSorted.ts";
import { where } from "./where.ts";

/** How long the row is, and what stands where there are fewer elements. */
export interface MaskedSelectOptions {
  /** Elements of the result: the first so many for which the mask holds. */
  readonly size: number;
  /** What stands behind the last of them. Default 0. */
  readonly fillValue?: number;
}

/**
 * The elements of `x` for which `mask` holds, row-major, as [size]: only the first `size` of them, and `fillValue` where there
 * are fewer. x: any dtype, bool masks; they broadcast. Sizes of tensors are known while tracing, so that `size` must be.
 * Throws DtypeError for another mask, ShapeError where shapes do not fit, UsageError for a size or a value that does not.
 * Source: torch.masked_select, with `size` and `fillValue` as of jax.numpy.nonzero.
 */
export function maskedSelect<T extends Value>(
  x: T,
  mask: T,
  { size, fillValue = 0 }: MaskedSelectOptions,
): T {
  requireTensor("maskedSelect", "x", x);
  requireDtype("maskedSelect", "mask", mask, ["bool"]);
  requireWhole("maskedSelect: size", size, 0, 2 ** 31 - 1);
  if (!isFloating(x.dtype)) {
    requireWhole(`maskedSelect: fillValue for ${x.dtype}`, fillValue, -(2 ** 31), 2 ** 32 - 1);
  }
  const [values, flags] = broadcastTogether("maskedSelect", [x, mask]);
  const count = elementCount(values.shape);
  const fill = x.derive(constantNode(fillValue, x.dtype, [size]), [x]);
  if (count === 0) return fill;
  // Element k stands where the count of what is selected first exceeds k.
  const counts = cumsum(reshape(flags, [1, count]), 1);
  const wanted = x.derive(arangeNode(size, "i32"), [x]);
  const places = reshape(searchKeys(counts, reshape(wanted, [1, size]), true), [size]);
  const found = gather(reshape(values, [count]), clamp(places, { max: count - 1 }), { axis: 0 });
  return where(less(places, count), found, fill);
}
