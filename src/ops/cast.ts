// cast: the same values in another dtype.

import type { Value } from "../graph/node.ts";
import type { ElementwiseRecord } from "../graph/op.ts";
import { DTYPES, type Dtype, isFloating, requireDtype, requireTensor } from "../tensor/dtype.ts";
import { apply } from "./define.ts";
import { comparison } from "./dtypeRules.ts";
import { operandZero } from "./operandZero.ts";

const record: ElementwiseRecord<{ dtype: Dtype }> = {
  kind: "elementwise",
  name: "cast",
  output: ([x], { dtype }) => ({ shape: x.shape, dtype }),
  operands: ([x], { dtype }) => [dtype === "bool" ? comparison.operand(x.dtype) : dtype],
  reference: ([x]) => x,
  // NaN is true, but WGSL's != would make it false.
  wgsl: ([x], types, { dtype }) => (dtype === "bool" ? `!(${x} == ${operandZero(types)})` : x),
  flops: 0,
  gradient: ({ dy, inputs: [x] }) => [isFloating(x.dtype) ? cast(dy, x.dtype) : undefined],
};

/**
 * `x` as `dtype`. For integers floats are cut towards zero, and beyond the range at its ends, as far as f32 holds these
 * (i32: -2147483648 and 2147483520, u32: 0 and 4294967040); of NaN comes any of them. i32 and u32 are the same bits.
 * Anything but 0 is true, NaN too. f16 rounds when it is stored.
 * Throws DtypeError for an unknown dtype. Source: torch.Tensor.to.
 */
export function cast<T extends Value>(x: T, dtype: Dtype): T {
  requireTensor("cast", "x", x);
  requireDtype("cast", "the result", { dtype }, DTYPES);
  return x.dtype === dtype ? x : apply(record, [x], { dtype });
}
