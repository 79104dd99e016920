// alibiBias: what is added to attention scores so that far tokens count less (attention with linear biases).

import { ShapeError, UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireDtype, requireFloating } from "../tensor/dtype.ts";
import { printShape, requireRank } from "../tensor/shape.ts";
import { abs } from "./abs.ts";
import { add } from "./add.ts";
import { arangeNode } from "./arange.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { reshape } from "./reshape.ts";
import { sub } from "./sub.ts";

/** Where the queries stand among the keys. */
export interface AlibiOptions<T extends Value> {
  /** The position of each query, i32 or u32 [queries]. Default: `offset`, `offset` + 1, … */
  readonly positions?: T;
  /** The position of the first query, where `positions` is not given: how many tokens a cache holds. Default 0. */
  readonly offset?: number;
  /** Whether keys after a query count less as well; else they count more, and a causal mask must hide them. Default false. */
  readonly symmetric?: boolean;
}

/**
 * slopes[h] * (j - i) for query i and key j: f32 [heads, queries, keys], to be added to scaled scores. slopes: [heads],
 * f32 or f16, as `nn.alibiSlopes` gives them. Throws ShapeError, DtypeError or UsageError.
 * Source: Press et al., "Train Short, Test Long" (2022).
 */
export function alibiBias<T extends Value>(
  slopes: T,
  queries: number,
  keys: number,
  { positions, offset = 0, symmetric = false }: AlibiOptions<T> = {},
): T {
  requireFloating("alibiBias", "slopes", slopes);
  requireRank("alibiBias", "slopes", slopes.shape, 1, "[heads]");
  if (!Number.isInteger(offset)) {
    throw new UsageError(`alibiBias: offset is ${offset}; it must be a whole number.`);
  }
  const shape = [slopes.shape[0], queries, keys];
  const count = (size: number) => slopes.derive(arangeNode(size, "i32"), [slopes]);
  const at = positions === undefined ? add(count(queries), offset) : requirePositions(positions, queries);
  const everywhere = (value: T, own: readonly number[]) => broadcastTo(reshape(value, own), shape);
  const distance = sub(everywhere(count(keys), [1, 1, keys]), everywhere(at, [1, queries, 1]));
  const signed = symmetric ? neg(abs(distance)) : distance;
  return mul(cast(signed, "f32"), everywhere(slopes, [slopes.shape[0], 1, 1]));
}

function requirePositions<T extends Value>(positions: T, queries: number): T {
  requireDtype("alibiBias", "positions", positions, ["i32", "u32"]);
  if (positions.shape.length === 1 && positions.shape[0] === queries) return cast(positions, "i32");
  throw new ShapeError(
    `alibiBias: positions are ${printShape(positions.shape)} for ${queries} queries; they must be [${queries}].`,
  );
}
