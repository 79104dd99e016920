// tensordot: the product of two tensors, summed over pairs of axes: one product of matrices.

import { ShapeError } from "../base/errors.ts";
import { product, range } from "../base/integers.ts";
import type { Value } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { normalizeAxis, printShape, type Shape } from "../tensor/shape.ts";
import { matmul } from "./matmul.ts";
import { permute } from "./permute.ts";
import { reshape } from "./reshape.ts";

/** Which axes are summed over. */
export interface TensordotOptions {
  /** How many: the last of a with the first of b. Or lists of as many of a's and of b's. Default 2. */
  readonly axes?: number | readonly [readonly number[], readonly number[]];
}

/**
 * The axes of a and then of b that are not summed over. a, b: f32 or f16. Throws ShapeError for axes that do not go together,
 * DtypeError for integers. Source: torch.tensordot.
 */
export function tensordot<T extends Value>(a: T, b: T, { axes = 2 }: TensordotOptions = {}): T {
  requireFloating("tensordot", "a", a);
  requireFloating("tensordot", "b", b);
  const [left, right] = typeof axes === "number" ? neighbours(a.shape, b.shape, axes) : given(a, b, axes);
  const sizes = left.map((axis) => a.shape[axis]);
  const fits = right.every((axis, index) => b.shape[axis] === sizes[index]);
  if (!fits) {
    throw new ShapeError(
      `tensordot: axes [${left.join(", ")}] of a ${printShape(a.shape)} and [${right.join(", ")}] of b ${printShape(b.shape)} differ in size; they must not.`,
    );
  }
  const freeA = range(0, a.shape.length).filter((axis) => !left.includes(axis));
  const freeB = range(0, b.shape.length).filter((axis) => !right.includes(axis));
  const outer = [...freeA.map((axis) => a.shape[axis]), ...freeB.map((axis) => b.shape[axis])];
  const rows = product(freeA.map((axis) => a.shape[axis]));
  const cols = product(freeB.map((axis) => b.shape[axis]));
  const first = reshape(permute(a, [...freeA, ...left]), [rows, product(sizes)]);
  const second = reshape(permute(b, [...right, ...freeB]), [product(sizes), cols]);
  return reshape(matmul(first, second), outer);
}

function neighbours(a: Shape, b: Shape, count: number): [number[], number[]] {
  if (Number.isInteger(count) && count >= 0 && count <= Math.min(a.length, b.length)) {
    return [range(a.length - count, a.length), range(0, count)];
  }
  throw new ShapeError(
    `tensordot: axes is ${count} for a ${printShape(a)} and b ${printShape(b)}; it must be a whole number of axes that both have.`,
  );
}

function given(
  a: Value,
  b: Value,
  [left, right]: readonly [readonly number[], readonly number[]],
): [number[], number[]] {
  if (left.length !== right.length) {
    throw new ShapeError(
      `tensordot: ${left.length} axes of a and ${right.length} of b; there must be as many of each.`,
    );
  }
  const normalized = [
    left.map((axis) => normalizeAxis("tensordot", axis, a.shape.length)),
    right.map((axis) => normalizeAxis("tensordot", axis, b.shape.length)),
  ];
  const twice = normalized.find((list) => new Set(list).size !== list.length);
  if (twice === undefined) return [normalized[0], normalized[1]];
  throw new ShapeError(`tensordot: axes [${twice.join(", ")}] name an axis twice; each may stand once.`);
}
