// The masks of MultiheadAttention, of which true hides, as the one mask that attention takes, of which true shows.
//
// Decides: which shapes and dtypes the masks may have, and how two become one. Leaves to others: causal attention,
// which needs no mask.

import type { Tensor } from "../api/tensor.ts";
import { ShapeError } from "../base/errors.ts";
import { logicalNot, reshape, where } from "../ops/index.ts";
import { requireDtype } from "../tensor/dtype.ts";
import { isSameShape, printShape, type Shape } from "../tensor/shape.ts";

const NAME = "MultiheadAttention";

/** What may hide keys. */
export interface AttentionMasks {
  /** bool [batch, keys]: true where a key is padding, which no query looks at. */
  readonly keyPaddingMask?: Tensor;
  /**
   * [queries, keys] or [batch * heads, queries, keys]. bool: true where a query must not look. f32, f16: added to the
   * scores, -Infinity where it must not look.
   */
  readonly attentionMask?: Tensor;
}

/** The sizes of the scores. */
export interface ScoreSizes {
  readonly batch: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
}

/**
 * Both masks as one that broadcasts to [batch, heads, queries, keys]: bool, true where a query may look, or f32 or f16, to
 * be added; undefined where there is none. Throws ShapeError and DtypeError for masks that do not fit.
 */
export function combineMasks(
  { keyPaddingMask, attentionMask }: AttentionMasks,
  sizes: ScoreSizes,
): Tensor | undefined {
  const padding = keyPaddingMask && paddingOf(keyPaddingMask, sizes);
  const given = attentionMask && perHead(attentionMask, sizes);
  if (given === undefined) return padding && logicalNot(padding);
  if (given.dtype !== "bool") {
    return padding === undefined ? given : where(padding, Number.NEGATIVE_INFINITY, given);
  }
  return logicalNot(padding === undefined ? given : where(padding, padding, given));
}

/** [batch, 1, 1, keys]. */
function paddingOf(mask: Tensor, { batch, keys }: ScoreSizes): Tensor {
  requireDtype(NAME, "keyPaddingMask", mask, ["bool"]);
  requireOneOf("keyPaddingMask", mask.shape, [["[batch, keys]", [batch, keys]]]);
  return reshape(mask, [batch, 1, 1, keys]);
}

/** [queries, keys] or [batch, heads, queries, keys]. */
function perHead(mask: Tensor, { batch, heads, queries, keys }: ScoreSizes): Tensor {
  requireDtype(NAME, "attentionMask", mask, ["bool", "f32", "f16"]);
  requireOneOf("attentionMask", mask.shape, [
    ["[queries, keys]", [queries, keys]],
    ["[batch * heads, queries, keys]", [batch * heads, queries, keys]],
  ]);
  return mask.shape.length === 2 ? mask : reshape(mask, [batch, heads, queries, keys]);
}

function requireOneOf(
  what: string,
  shape: Shape,
  allowed: readonly (readonly [axes: string, shape: Shape])[],
): void {
  if (allowed.some(([, one]) => isSameShape(one, shape))) return;
  const names = allowed.map(([axes, one]) => `${axes}, here ${printShape(one)}`).join(", or ");
  throw new ShapeError(`${NAME}: ${what} is ${printShape(shape)}; it must be ${names}.`);
}
