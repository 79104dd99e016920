// choleskySolve: linear systems whose matrix has been factored.

import type { Value } from "../graph/node.ts";
import type { CholeskyOptions } from "./cholesky.ts";
import { transpose } from "./permute.ts";
import { requireSystem, solveTriangular } from "./solveTriangular.ts";

/**
 * The x with a x = b, given the Cholesky factor l of a = l l^T; with `upper` it is the u of a = u^T u. b: [..., n, k], l: [..., n, n],
 * f32 or f16; batches broadcast; the other triangle of l is not read. Throws ShapeError or DtypeError where they do not fit.
 * Source: torch.cholesky_solve.
 */
export function choleskySolve<T extends Value>(b: T, l: T, { upper = false }: CholeskyOptions = {}): T {
  requireSystem("choleskySolve", { l }, { b }, true);
  const lower = upper ? transpose(l) : l;
  const half = solveTriangular(lower, b, { upper: false });
  return solveTriangular(transpose(lower), half, { upper: true });
}
