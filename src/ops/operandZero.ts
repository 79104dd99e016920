// The numbers 0 and 1 in WGSL expressions whose operands may be of any dtype.

import type { WgslTypes } from "../graph/op.ts";
import { isFloating } from "../tensor/dtype.ts";

/** 0 of the first operand's register type. Not for bools, which have none. */
export function operandZero(types: WgslTypes): string {
  const [dtype] = types.operands;
  if (isFloating(dtype)) return `${types.f32}(0.0)`;
  return dtype === "u32" ? `${types.u32}(0u)` : `${types.i32}(0)`;
}

/** 1 of the first operand's register type. Not for bools. */
export function operandOne(types: WgslTypes): string {
  const [dtype] = types.operands;
  if (isFloating(dtype)) return `${types.f32}(1.0)`;
  return dtype === "u32" ? `${types.u32}(1u)` : `${types.i32}(1)`;
}
