// linearScan: y[j] = a[j] y[j - 1] + b[j] along an axis. Running means, filters and recurrences are of this form, and so is
// the gradient of a running product.

import { ShapeError } from "../base/errors.ts";
import type { Node, Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { scanLinear, scanVariant } from "../kernels/scan.ts";
import { promote, requireFloating } from "../tensor/dtype.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { isSameShape, printShape } from "../tensor/shape.ts";
import { cast } from "./cast.ts";
import { concat } from "./concat.ts";
import { apply, defineKernel, type KernelOp, makeNode } from "./define.ts";
import { flip } from "./flip.ts";
import { mul } from "./mul.ts";
import { narrow } from "./narrow.ts";
import { prod } from "./prod.ts";
import { reshape } from "./reshape.ts";
import { carries, earlierBlocks, middleOf, type ScanAttrs, scanSizes, wantedBlock } from "./scanAlong.ts";

/** a, b: [outer, length, inner]; carry: [outer, blocks, inner]. Gradients are those of one block with 0 before it. */
const record: KernelOp<ScanAttrs> = defineKernel<ScanAttrs>({
  name: "linearScan",
  output: ([a]) => a,
  reference([a, b, carry], { block = a.shape[1] }) {
    const [outer, length, inner] = a.shape;
    const blocks = carry.shape[1];
    const y = hostZeros(a.shape);
    for (let line = 0; line < outer * inner; line++) {
      const o = Math.floor(line / inner);
      let value = 0;
      for (let l = 0; l < length; l++) {
        const at = (o * length + l) * inner + (line % inner);
        if (l % block === 0) value = carry.data[(o * blocks + l / block) * inner + (line % inner)];
        value = a.data[at] * value + b.data[at];
        y.data[at] = value;
      }
    }
    return y;
  },
  gradient({ dy, y, inputs: [a] }) {
    const { da, db } = linearGradients(dy, y, a, 0);
    return [da, db];
  },
  expand({ inputs: [a, b, carry], attrs, device }) {
    const block = wantedBlock(a.shape, attrs, device);
    if (block === undefined) return undefined;
    // What each block does to the value before it: v -> steps v + ends.
    const steps = prod(earlierBlocks(a, block), { axis: 2 });
    const [outer, count, inner] = steps.shape;
    const fromZero = { block, inputs: [a, b].map((x) => earlierBlocks(x, block)) };
    const lines = fromZero.inputs.map((x) => reshape(x, [outer * count, block, inner]));
    const zero = constantNode(0, a.dtype, [outer * count, 1, inner]);
    const within = makeNode(record, [...lines, zero], { block });
    const ends = reshape(narrow(within, 1, block - 1, 1), [outer, count, inner]);
    const before = makeNode(record, [steps, ends, carry], { block: undefined });
    return makeNode(record, [a, b, carries(carry, before)], { block });
  },
  dispatch([a], attrs, device) {
    const sizes = scanSizes(a.shape, attrs);
    return scanLinear(scanVariant(sizes.length, sizes.inner, device), sizes, device);
  },
});

/** dL/da and dL/db of y[l] = a[l] y[l - 1] + b[l] over [outer, length, inner], `first` standing before y. */
export function linearGradients(dy: Node, y: Node, a: Node, first: number): { da: Node; db: Node } {
  const [outer, length, inner] = a.shape;
  if (length === 0) return { da: dy, db: dy };
  const before = (value: number) => constantNode(value, a.dtype, [outer, 1, inner]);
  // g[l] = dy[l] + a[l + 1] g[l + 1]: the same steps from the other end.
  const nextA = concat([narrow(a, 1, 1, length - 1), before(0)], { axis: 1 });
  const g = flip(linearMiddle(flip(nextA, 1), flip(dy, 1)), 1);
  const previousY = concat([before(first), narrow(y, 1, 0, length - 1)], { axis: 1 });
  return { da: mul(g, previousY), db: g };
}

function linearMiddle<T extends Value>(a: T, b: T): T {
  const [outer, , inner] = a.shape;
  const zero = constantNode(0, a.dtype, [outer, 1, inner]);
  return apply(record, [a, b, a.derive(zero, [a])], { block: undefined });
}

/**
 * y[…, j, …] = a[…, j, …] y[…, j - 1, …] + b[…, j, …] along `axis`, with 0 before the first. a, b: one shape, f32 or f16, which
 * promote. Throws ShapeError where shapes differ or for an axis out of range, DtypeError for whole numbers.
 */
export function linearScan<T extends Value>(a: T, b: T, axis: number): T {
  requireFloating("linearScan", "a", a);
  requireFloating("linearScan", "b", b);
  if (!isSameShape(a.shape, b.shape)) {
    throw new ShapeError(
      `linearScan: a is ${printShape(a.shape)} and b is ${printShape(b.shape)}; their shapes must be equal.`,
    );
  }
  const dtype = promote(a.dtype, b.dtype);
  const [steps, added] = [a, b].map((x) => middleOf("linearScan", cast(x, dtype), axis));
  return reshape(linearMiddle(steps, added), a.shape);
}
