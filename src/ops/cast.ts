// cast: the same values in another dtype.

import type { Value } from "../graph/node.ts";
import type { ElementwiseRecord } from "../graph/op.ts";
import { DTYPES, type Dtype, isFloating, requireDtype } from "../tensor/dtype.ts";
import { apply, type Ops } from "./define.ts";
import { comparison } from "./defineElementwise.ts";
import { operandZero } from "./operandZero.ts";

const record: ElementwiseRecord<{ dtype: Dtype }, Ops> = {
  kind: "elementwise",
  name: "cast",
  output: ([x], { dtype }) => ({ shape: x.shape, dtype }),
  operands: ([x], { dtype }) => [dtype === "bool" ? comparison.operand(x.dtype) : dtype],
  reference: ([x]) => x,
  // NaN is true, but WGSL's != would make it false.
  wgsl: ([x], types, { dtype }) => (dtype === "bool" ? `!(${x} == ${operandZero(types)})` : x),
  flops: 0,
  gradient: ({ dy, inputs: [x], o }) => [isFloating(x.dtype) ? o.cast(dy, x.dtype) : undefined],
};

/**
 * `x` as `dtype`. Floats are cut towards zero for integers; anything but 0 is true. f16 rounds when it is stored.
 * Throws DtypeError for an unknown dtype. Source: torch.Tensor.to.
 */
export function cast<T extends Value>(x: T, dtype: Dtype): T {
  requireDtype("cast", "the result", dtype, DTYPES);
  return x.dtype === dtype ? x : apply(record, [x], { dtype });
}
