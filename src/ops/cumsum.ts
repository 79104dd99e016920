// cumsum: running sums along an axis.

import type { Node, Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { forDtype } from "../kernels/forDtype.ts";
import { type ScanKind, scan } from "../kernels/scan.ts";
import { isFloating, requireTensor } from "../tensor/dtype.ts";
import { hostZeros } from "../tensor/hostArray.ts";
import { cast } from "./cast.ts";
import { apply, defineKernel, type KernelOp, makeNode } from "./define.ts";
import { arithmetic } from "./dtypeRules.ts";
import { flip } from "./flip.ts";
import { linearGradients } from "./linearScan.ts";
import { prod } from "./prod.ts";
import { carries, earlierBlocks, type ScanAttrs, scanAlong, scanSizes, wantedBlock } from "./scanAlong.ts";
import { sum } from "./sum.ts";

interface RunningAttrs extends ScanAttrs {
  readonly kind: ScanKind;
}

/** x: [outer, length, inner]; carry: [outer, blocks, inner]. Gradients are those of one block with nothing before it. */
const record: KernelOp<RunningAttrs> = defineKernel<RunningAttrs>({
  name: "scan",
  output: ([x]) => x,
  reference([x, carry], { kind, block = x.shape[1] }) {
    const [outer, length, inner] = x.shape;
    const blocks = carry.shape[1];
    const y = hostZeros(x.shape);
    for (let line = 0; line < outer * inner; line++) {
      const o = Math.floor(line / inner);
      let value = 0;
      for (let l = 0; l < length; l++) {
        const at = (o * length + l) * inner + (line % inner);
        if (l % block === 0) value = carry.data[(o * blocks + l / block) * inner + (line % inner)];
        value = kind === "sum" ? value + x.data[at] : value * x.data[at];
        y.data[at] = value;
      }
    }
    return y;
  },
  gradient({ dy, y, inputs: [x], attrs: { kind } }) {
    if (kind === "sum") return [flip(running(flip(dy, 1), "sum"), 1)];
    return [linearGradients(dy, y, x, 1).da];
  },
  expand({ inputs: [x, carry], attrs, device }) {
    const block = wantedBlock(x.shape, attrs, device);
    if (block === undefined) return undefined;
    const { kind } = attrs;
    const totals = (kind === "sum" ? sum : prod)(earlierBlocks(x, block), { axis: 2 });
    const before = makeNode(record, [totals, carry], { kind, block: undefined });
    return makeNode(record, [x, carries(carry, before)], { kind, block });
  },
  dispatch([x], attrs, device) {
    const isInteger = !isFloating(x.dtype);
    return forDtype(scan(attrs.kind, scanSizes(x.shape, attrs), isInteger, device), x.dtype);
  },
});

/** Running sums or products of x [outer, length, inner] along the middle. */
export function running<T extends Value>(x: T, kind: ScanKind): T {
  const numbers = cast(x, arithmetic.result(x.dtype));
  const [outer, , inner] = x.shape;
  const nothing: Node = constantNode(kind === "sum" ? 0 : 1, numbers.dtype, [outer, 1, inner]);
  return apply(record, [numbers, x.derive(nothing, [x])], { kind, block: undefined });
}

/**
 * y[…, j, …] = x[…, 0, …] + … + x[…, j, …] along `axis`. x: any dtype; bool counts as i32, whole numbers wrap at 32 bits.
 * Throws ShapeError for an axis out of range. Source: torch.cumsum.
 */
export function cumsum<T extends Value>(x: T, axis: number): T {
  requireTensor("cumsum", "x", x);
  return scanAlong("cumsum", x, axis, (middle) => running(middle, "sum"));
}
