// NaN in WGSL expressions. A compiler may take it that there is none, and a device's exp or clamp may turn one into a
// number; so it is told by its bits, and put back where a function would lose it.

import type { WgslTypes } from "../graph/op.ts";

/** Whether `x`, a name of an f32 value, is NaN. */
export function isNaNText(x: string, { u32 }: WgslTypes): string {
  return `(bitcast<${u32}>(${x}) & ${u32}(0x7fffffffu)) > ${u32}(0x7f800000u)`;
}

/** `value`, or NaN where `x` is. */
export function keepNaN(x: string, value: string, types: WgslTypes): string {
  return `select(${value}, ${x}, ${isNaNText(x, types)})`;
}

/**
 * `value`, the logarithm of `x`, made right at the ends: devices give a number at 0 and at infinity. Infinities and NaN
 * are written by their bits, since a constant expression may be neither.
 */
export function logarithmText(x: string, value: string, types: WgslTypes): string {
  const { f32, u32 } = types;
  const below = `select(bitcast<${u32}>(${value}), ${u32}(0x7fc00000u), ${x} < ${f32}(0.0))`;
  const finite = `bitcast<${f32}>(select(${below}, ${u32}(0xff800000u), ${x} == ${f32}(0.0)))`;
  const isInfinite = `bitcast<${u32}>(${x}) == ${u32}(0x7f800000u)`;
  return keepNaN(x, `select(${finite}, ${x}, ${isInfinite})`, types);
}
