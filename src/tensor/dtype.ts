// Element types: their sizes, their place in promotion, and how each stands in memory on the GPU.
//
// f16 is a storage type: arithmetic on it is done in f32. bool is stored as one u32 per element (0 or 1),
// because WGSL's bool cannot stand in a storage buffer.

import { DtypeError, UsageError } from "../base/errors.ts";

/** The element type of a tensor. */
export type Dtype = "f32" | "f16" | "i32" | "u32" | "bool";

/** All dtypes, lowest in promotion first. */
export const DTYPES: readonly Dtype[] = ["bool", "u32", "i32", "f16", "f32"];

/** Bytes of one element in a GPU buffer. */
export function dtypeSizeBytes(dtype: Dtype): number {
  return dtype === "f16" ? 2 : 4;
}

/** Whether values may have a fraction, so that a gradient can flow. */
export function isFloating(dtype: Dtype): boolean {
  return dtype === "f32" || dtype === "f16";
}

/** The dtype of an elementwise result: the higher of the two in bool < u32 < i32 < f16 < f32. */
export function promote(a: Dtype, b: Dtype): Dtype {
  return DTYPES.indexOf(a) >= DTYPES.indexOf(b) ? a : b;
}

/** Throws DtypeError unless the dtype of `x` is one of `allowed`; UsageError where x is no tensor. */
export function requireDtype(
  op: string,
  input: string,
  x: { readonly dtype: Dtype },
  allowed: readonly Dtype[],
): void {
  requireTensor(op, input, x);
  if (allowed.includes(x.dtype)) return;
  throw new DtypeError(`${op}: ${input} has dtype ${x.dtype}; it must be ${allowed.join(" or ")}.`);
}

/** Throws DtypeError unless x is f32 or f16; UsageError where it is no tensor. */
export function requireFloating(op: string, input: string, x: { readonly dtype: Dtype }): void {
  requireDtype(op, input, x, ["f32", "f16"]);
}

/** Throws UsageError unless `x` is a tensor. What comes from JavaScript may be anything. */
export function requireTensor(op: string, input: string, x: unknown, allowed = "a tensor"): void {
  if (typeof x === "object" && x !== null && "dtype" in x) return;
  const given = Array.isArray(x) ? "an array" : x === null ? "null" : `of type ${typeof x}`;
  throw new UsageError(`${op}: ${input} is ${given}; it must be ${allowed}.`);
}

/** What floats become at the least and at the greatest where they become integers: the ends of the range that f32 holds. */
export const INTEGER_RANGES: Partial<
  Readonly<Record<Dtype, { readonly least: number; readonly greatest: number }>>
> = {
  i32: { least: -(2 ** 31), greatest: 2 ** 31 - 128 },
  u32: { least: 0, greatest: 2 ** 32 - 256 },
};

/** Rounds `value` to what `dtype` can hold, as a float64. Integers wrap as in WGSL; a bool is value != 0. */
export function roundToDtype(value: number, dtype: Dtype): number {
  switch (dtype) {
    case "f32":
      return Math.fround(value);
    case "f16":
      return roundToHalf(value);
    case "i32":
      return Math.trunc(value) | 0;
    case "u32":
      return Math.trunc(value) >>> 0;
    case "bool":
      return value === 0 ? 0 : 1;
  }
}

const HALF_MAX = 65504;
const HALF_MIN_NORMAL = 2 ** -14;

function roundToHalf(value: number): number {
  const size = Math.abs(value);
  if (!(size < Number.POSITIVE_INFINITY) || size === 0) return value;
  const exponent = size < HALF_MIN_NORMAL ? -14 : Math.floor(Math.log2(size));
  const step = 2 ** (exponent - 10);
  const rounded = roundHalfEven(size / step) * step;
  return Math.sign(value) * (rounded > HALF_MAX ? Number.POSITIVE_INFINITY : rounded);
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest === 0.5) return floor % 2 === 0 ? floor : floor + 1;
  return rest > 0.5 ? floor + 1 : floor;
}

/** The bits of the half-precision number nearest to `value`. */
export function halfToBits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(roundToHalf(value));
  if (Number.isNaN(value)) return 0x7e00;
  if (size === Number.POSITIVE_INFINITY) return sign | 0x7c00;
  if (size < HALF_MIN_NORMAL) return sign | Math.round(size / 2 ** -24);
  const exponent = Math.floor(Math.log2(size));
  return sign | ((exponent + 15) << 10) | Math.round((size / 2 ** exponent - 1) * 1024);
}

/** The number that the half-precision `bits` stand for. */
export function halfFromBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
