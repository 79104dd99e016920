// sum: over any axes.

import type { Value } from "../graph/node.ts";
import { reduceParts } from "../kernels/reduce.ts";
import { apply, defineKernel, type KernelOp, makeNode } from "./define.ts";
import { arithmetic } from "./defineElementwise.ts";
import {
  type AxisOptions,
  reduceDispatch,
  reducedShape,
  reduceOver,
  reduceReference,
  reduceSizes,
} from "./reduction.ts";

const record: KernelOp = defineKernel<undefined>({
  name: "sum",
  output: ([x]) => ({ shape: reducedShape(x), dtype: arithmetic.result(x.dtype) }),
  reference: ([x]) => reduceReference(x, (values) => values.reduce((total, value) => total + value, 0)),
  gradient({ dy, inputs: [{ shape }], o }) {
    return [o.broadcastTo(o.reshape(dy, [shape[0], 1, shape[2]]), shape)];
  },
  dispatch: ([x], _attrs, device) => reduceDispatch("sum", x, device),
  expand({ inputs: [x], o, device }) {
    const { outer, length, inner } = reduceSizes(x);
    const parts = reduceParts({ outer, length, inner }, device);
    if (parts === 1) return undefined;
    const pieces = o.reshape(x, [outer * parts, length / parts, inner]);
    const partials = makeNode(record, [pieces], undefined);
    return makeNode(record, [o.reshape(partials, [outer, parts, inner])], undefined);
  },
});

/**
 * The sum over `axis` (all axes where not given). x: any shape; bool counts as i32; an empty sum is 0.
 * Throws ShapeError for an axis out of range. Source: torch.sum.
 */
export function sum<T extends Value>(x: T, options: AxisOptions = {}): T {
  return reduceOver("sum", x, options, (middle) => apply(record, [middle], undefined));
}
