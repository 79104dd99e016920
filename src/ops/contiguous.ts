// contiguous: a value in an order of its own, for kernels that read each element many times.
//
// Views fold into whoever reads them, which then works out an address for every element that it loads. What is loaded once
// costs less so; what a convolution loads again for each tap and tile costs more than to be set in order first.

import { accessOf } from "../graph/access.ts";
import type { Value } from "../graph/node.ts";
import type { ElementwiseRecord } from "../graph/op.ts";
import { isRun } from "../tensor/layout.ts";
import { apply } from "./define.ts";

const record: ElementwiseRecord = {
  kind: "elementwise",
  name: "contiguous",
  output: ([{ shape, dtype }]) => ({ shape, dtype }),
  operands: ([{ dtype }]) => [dtype],
  reference: ([value]) => value,
  wgsl: ([value]) => value,
  flops: 0,
  gradient: ({ dy }) => [contiguous(dy)],
  simplify({ inputs: [x] }) {
    const access = accessOf(x);
    return access !== undefined && isRun(access.layout) ? x : undefined;
  },
};

/**
 * x, its elements side by side in row-major order; where they stand so already, x itself. The gradient is set in order
 * too. x: any dtype. Source: torch.Tensor.contiguous.
 */
export function contiguous<T extends Value>(x: T): T {
  return apply(record, [x], undefined);
}
