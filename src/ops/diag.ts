// diag: the diagonal of a matrix, or the matrix of a diagonal.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { printShape } from "../tensor/shape.ts";
import { diagEmbed, diagonal } from "./diagonal.ts";

/** Which diagonal. */
export interface DiagOptions {
  /** How far it is above the main diagonal; below it where negative. Default 0. */
  readonly offset?: number;
}

/**
 * Of a matrix its diagonal, of a row the square matrix that has it as its diagonal. x: any dtype.
 * Throws ShapeError for other ranks, UsageError for an offset that is not whole. Source: torch.diag.
 */
export function diag<T extends Value>(x: T, options: DiagOptions = {}): T {
  requireTensor("diag", "x", x);
  if (x.shape.length === 1) return diagEmbed(x, options);
  if (x.shape.length === 2) return diagonal(x, options);
  throw new ShapeError(`diag: x is ${printShape(x.shape)}; it must have 1 or 2 axes.`);
}
