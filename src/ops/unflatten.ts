// unflatten: one axis becomes several.

import { ShapeError } from "../base/errors.ts";
import { product } from "../base/integers.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { normalizeAxis, printShape, type Shape } from "../tensor/shape.ts";
import { reshape } from "./reshape.ts";

/**
 * x with `axis` cut into axes of `sizes`, of which one may be -1 and is then worked out: `flatten` undone, without a copy.
 * Throws ShapeError for an axis out of range and unless the product of the sizes is that of the axis.
 * Source: torch.unflatten.
 */
export function unflatten<T extends Value>(x: T, axis: number, sizes: Shape): T {
  requireTensor("unflatten", "x", x);
  const at = normalizeAxis("unflatten", axis, x.shape.length);
  const size = x.shape[at];
  const known = product(sizes.filter((part) => part !== -1));
  const open = sizes.length - sizes.filter((part) => part !== -1).length;
  const rest = open === 0 ? 1 : size / known;
  const isWhole = sizes.every((part) => Number.isInteger(part) && part >= -1);
  if (sizes.length === 0 || open > 1 || !isWhole || !Number.isInteger(rest) || known * rest !== size) {
    throw new ShapeError(
      `unflatten: axis ${at} of ${printShape(x.shape)} has size ${size} and cannot become ${printShape(sizes)}; ` +
        "the product of the sizes must be the same, and one of them at most -1.",
    );
  }
  const full = sizes.map((part) => (part === -1 ? rest : part));
  return reshape(x, [...x.shape.slice(0, at), ...full, ...x.shape.slice(at + 1)]);
}
