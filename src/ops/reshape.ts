// reshape: the same elements in the same order under another shape.

import { ShapeError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { reshapeLayout } from "../tensor/layout.ts";
import { elementCount, isSameShape, printShape, type Shape } from "../tensor/shape.ts";
import { apply, defineView } from "./define.ts";

const record = defineView<{ shape: Shape }>({
  name: "reshape",
  output: ([x], { shape }) => ({ shape, dtype: x.dtype }),
  layout: (input, { shape }) => reshapeLayout(input, shape),
  preservesOrder: true,
  gradient: ({ dy, inputs: [x] }) => [reshape(dy, x.shape)],
  simplify: ({ inputs: [x], attrs: { shape } }) => (isSameShape(x.shape, shape) ? x : undefined),
});

/**
 * The elements of `x`, row-major, under `shape`; one size may be -1 and is then worked out.
 * Throws ShapeError unless the element counts agree. Source: torch.reshape.
 */
export function reshape<T extends Value>(x: T, shape: Shape): T {
  requireTensor("reshape", "x", x);
  const full = resolveShape(x.shape, shape);
  return isSameShape(x.shape, full) ? x : apply(record, [x], { shape: full });
}

function resolveShape(from: Shape, to: Shape): Shape {
  const open = to.filter((size) => size === -1).length;
  const known = elementCount(to.filter((size) => size !== -1));
  const count = elementCount(from);
  if (open > 1) {
    throw new ShapeError(
      `reshape: shape ${printShape(to)} has -1 more than once; at most one size may be -1.`,
    );
  }
  const rest = known === 0 ? 0 : count / known;
  const full = to.map((size) => (size === -1 ? rest : size));
  if (!Number.isInteger(rest) || elementCount(full) !== count) {
    throw new ShapeError(
      `reshape: ${printShape(from)} has ${count} elements and ${printShape(to)} does not; the counts must be equal.`,
    );
  }
  return full;
}
