// The number 0 in WGSL expressions whose operands may be of any dtype.

import type { WgslTypes } from "../graph/op.ts";
import { isFloating } from "../tensor/dtype.ts";

/** 0 of the first operand's register type. Not for bools, which have none. */
export function operandZero(types: WgslTypes): string {
  const [dtype] = types.operands;
  if (isFloating(dtype)) return `${types.f32}(0.0)`;
  return dtype === "u32" ? `${types.u32}(0u)` : `${types.i32}(0)`;
}
