// cummax, cummin: the largest or smallest so far along an axis, and where it stands.

import { ceilDiv } from "../base/integers.ts";
import type { Node, Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { scanLargest, scanVariant } from "../kernels/scan.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { add } from "./add.ts";
import { arangeNode } from "./arange.ts";
import { argmax } from "./argmax.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { apply, defineKernel, type KernelOp, makeNode } from "./define.ts";
import { flip } from "./flip.ts";
import { gather } from "./gather.ts";
import { mul } from "./mul.ts";
import { reshape } from "./reshape.ts";
import { carries, earlierBlocks, middleOf, type ScanAttrs, scanSizes, wantedBlock } from "./scanAlong.ts";
import type { ValuesAndIndices } from "./sort.ts";
import { type KeyOrder, sortKeys } from "./sortOrder.ts";
import { sub } from "./sub.ts";

/** i32 [outer, length, inner]: where the largest of i32 keys so far stands; carry: where before a block, or -1. */
const record: KernelOp<ScanAttrs> = defineKernel<ScanAttrs>({
  name: "scanLargest",
  output: ([keys]) => ({ shape: keys.shape, dtype: "i32" }),
  reference([keys, carry], { block = keys.shape[1] }) {
    const [outer, length, inner] = keys.shape;
    const blocks = carry.shape[1];
    const y = hostZeros(keys.shape);
    for (let line = 0; line < outer * inner; line++) {
      const o = Math.floor(line / inner);
      const at = (l: number, of = length) => (o * of + l) * inner + (line % inner);
      let best = -1;
      for (let l = 0; l < length; l++) {
        if (l % block === 0) best = carry.data[at(l / block, blocks)];
        if (best < 0 || keys.data[at(l)] >= keys.data[at(best)]) best = l;
        y.data[at(l)] = best;
      }
    }
    return y;
  },
  expand({ inputs: [keys, carry], attrs, device }) {
    const block = wantedBlock(keys.shape, attrs, device);
    if (block === undefined) return undefined;
    const last = lastLargest(keys, block);
    const before = makeNode(record, [gather(keys, last, { axis: 1 }), carry], { block: undefined });
    return makeNode(record, [keys, carries(carry, gather(last, before, { axis: 1 }))], { block });
  },
  dispatch([keys], attrs, device) {
    const sizes = scanSizes(keys.shape, attrs);
    return scanLargest(scanVariant(sizes.length, sizes.inner, device), sizes, device);
  },
});

/** Where the last of the largest keys of each block but the last one stands: i32 [outer, blocks - 1, inner]. */
function lastLargest(keys: Node, block: number): Node {
  const [outer, length, inner] = keys.shape;
  const count = ceilDiv(length, block) - 1;
  const fromEnd = argmax(flip(earlierBlocks(keys, block), 2), { axis: 2 });
  const ends = add(mul(arangeNode(count, "i32"), block), block - 1);
  return sub(broadcastTo(reshape(ends, [count, 1]), [outer, count, inner]), fromEnd);
}

/**
 * The largest of x[…, 0, …] … x[…, j, …] along `axis`, and where it stands (i32), the last of equal ones. x: any dtype. From
 * the first NaN on values are NaN. Gradients go to where the values stand. Throws ShapeError for an axis out of range.
 * Source: torch.cummax.
 */
export function cummax<T extends Value>(x: T, axis: number): ValuesAndIndices<T> {
  requireTensor("cummax", "x", x);
  return runningExtremum("cummax", x, axis, "rising");
}

/**
 * The smallest of x[…, 0, …] … x[…, j, …] along `axis`, and where it stands (i32), the last of equal ones. x: any dtype. From
 * the first NaN on values are NaN. Gradients go to where the values stand. Throws ShapeError for an axis out of range.
 * Source: torch.cummin.
 */
export function cummin<T extends Value>(x: T, axis: number): ValuesAndIndices<T> {
  requireTensor("cummin", "x", x);
  return runningExtremum("cummin", x, axis, "fallingButNaN");
}

function runningExtremum<T extends Value>(
  op: string,
  x: T,
  axis: number,
  order: KeyOrder,
): ValuesAndIndices<T> {
  const middle = middleOf(op, x, axis);
  const [outer, , inner] = middle.shape;
  const nothing = x.derive(constantNode(-1, "i32", [outer, 1, inner]), [x]);
  const places = apply(record, [sortKeys(middle, order), nothing], { block: undefined });
  const values = gather(middle, places, { axis: 1 });
  return { values: reshape(values, x.shape), indices: reshape(places, x.shape) };
}
