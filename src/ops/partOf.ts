// partOf: one of several results that a kernel writes into one, such as the gradients of a weight and of its bias.
//
// The sum of such parts is that part of the sum, which is added up once for all parts, while the last of it is made.

import { product } from "../base/integers.ts";
import { type Node, printAttrs, type Value } from "../graph/node.ts";
import type { ViewRecord } from "../graph/op.ts";
import { reshapeLayout, sliceLayout } from "../tensor/layout.ts";
import { elementCount, isSameShape, type Shape } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { apply, defineView } from "./define.ts";
import { embed } from "./embed.ts";
import { reshape } from "./reshape.ts";

/** Which elements, counted row-major from the first of all, and in what shape. */
export interface PackedPart {
  readonly start: number;
  readonly shape: Shape;
}

const record: ViewRecord<PackedPart> = defineView<PackedPart>({
  name: "partOf",
  output: ([x], { shape }) => ({ shape, dtype: x.dtype }),
  layout(input, { start, shape }) {
    const flat = reshapeLayout(input, [elementCount(input.shape)]);
    return flat && reshapeLayout(sliceLayout(flat, [start], [1], [product(shape)]), shape);
  },
  gradient({ dy, inputs: [x], attrs: { start } }) {
    const flat = reshape(dy, [elementCount(dy.shape)]);
    return [reshape(embed(flat, { axis: 0, size: elementCount(x.shape), start }), x.shape)];
  },
  sumOf: (nodes) => sumOfParts(nodes),
});

function sumOfParts(nodes: readonly Node[]): Node | undefined {
  const [first] = nodes;
  const isAlike = ({ attrs, inputs: [x] }: Node) =>
    printAttrs(attrs) === printAttrs(first.attrs) && isSameShape(x.shape, first.inputs[0].shape);
  if (!nodes.every(isAlike)) return undefined;
  const packed = nodes.map(({ inputs: [x] }) => x).reduce((a, b) => add(a, b));
  return partOf(packed, first.attrs as PackedPart);
}

/**
 * The elements of x from `start` on, as `shape`; all of them must be inside x. For what gradient rules pack: a part of
 * anything else is better a `slice`, since parts are never added without all that they are parts of.
 */
export function partOf<T extends Value>(x: T, part: PackedPart): T {
  return apply(record, [x], part);
}
