// prod: the product over any axes.

import type { Node, Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { concat } from "./concat.ts";
import { running } from "./cumsum.ts";
import { apply, defineKernel, type KernelOp, makeNode } from "./define.ts";
import { arithmetic } from "./dtypeRules.ts";
import { flip } from "./flip.ts";
import { mul } from "./mul.ts";
import { narrow } from "./narrow.ts";
import {
  type AxisOptions,
  reduceDispatch,
  reducedInParts,
  reducedShape,
  reduceOver,
  reduceReference,
} from "./reduction.ts";
import { reshape } from "./reshape.ts";

const record: KernelOp = defineKernel<undefined>({
  name: "prod",
  output: ([x]) => ({ shape: reducedShape(x), dtype: arithmetic.result(x.dtype) }),
  reference: ([x]) => reduceReference(x, (values) => values.reduce((total, value) => total * value, 1)),
  gradient: ({ dy, inputs: [x] }) => [gradientOfX(dy, x)],
  dispatch: ([x], _attrs, device) => reduceDispatch("prod", x, device),
  expand: ({ inputs: [x], device }) =>
    reducedInParts(x, device, (part) => makeNode(record, [part], undefined)),
});

/** Each element's is the product of all others, those before it times those behind it: right also where some are 0. */
function gradientOfX(dy: Node, x: Node): Node {
  const [outer, length, inner] = x.shape;
  if (length === 0) return x;
  const spread = broadcastTo(reshape(dy, [outer, 1, inner]), x.shape);
  const one = constantNode(1, x.dtype, [outer, 1, inner]);
  const before = (values: Node) =>
    concat([one, running(narrow(values, 1, 0, length - 1), "prod")], { axis: 1 });
  return mul(spread, mul(before(x), flip(before(flip(x, 1)), 1)));
}

/**
 * The product over `axis` (all axes where not given). x: any shape; bool counts as i32, whole numbers wrap at 32 bits; an
 * empty product is 1. Throws ShapeError for an axis out of range. Source: torch.prod.
 */
export function prod<T extends Value>(x: T, options: AxisOptions = {}): T {
  requireTensor("prod", "x", x);
  return reduceOver("prod", x, options, (middle) => apply(record, [middle], undefined));
}
