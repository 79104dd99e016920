// broadcastTo: the view that stretches axes. Every broadcast in a graph is one of these, so one gradient rule serves all.

import { ShapeError } from "../base/errors.ts";
import { range } from "../base/integers.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { broadcastLayout } from "../tensor/layout.ts";
import { isBroadcastable, isSameShape, printShape, type Shape } from "../tensor/shape.ts";
import { apply, defineView } from "./define.ts";
import { reshape } from "./reshape.ts";
import { sum } from "./sum.ts";

const record = defineView<{ shape: Shape }>({
  name: "broadcastTo",
  output([x], { shape }) {
    if (!isBroadcastable(x.shape, shape)) {
      throw new ShapeError(
        `broadcastTo: ${printShape(x.shape)} does not broadcast to ${printShape(shape)}; ` +
          "sizes, aligned at the last axis, must be equal or 1.",
      );
    }
    return { shape, dtype: x.dtype };
  },
  layout: (input, { shape }) => broadcastLayout(input, shape),
  gradient({ dy, inputs: [x], attrs: { shape } }) {
    const added = shape.length - x.shape.length;
    const axes = range(0, shape.length).filter(
      (axis) => axis < added || x.shape[axis - added] !== shape[axis],
    );
    return [reshape(sum(dy, { axis: axes }), x.shape)];
  },
  simplify: ({ inputs: [x], attrs: { shape } }) => (isSameShape(x.shape, shape) ? x : undefined),
});

/** `x` stretched to `shape` by NumPy's rule, without a copy. x: any dtype. Throws ShapeError where it does not fit. */
export function broadcastTo<T extends Value>(x: T, shape: Shape): T {
  requireTensor("broadcastTo", "x", x);
  return isSameShape(x.shape, shape) ? x : apply(record, [x], { shape: [...shape] });
}
