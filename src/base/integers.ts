// Whole-number arithmetic on sizes.

/** The product of all values; 1 for none. */
export function product(values: readonly number[]): number {
  let result = 1;
  for (const value of values) result *= value;
  return result;
}

/** ceil(a / b) for a >= 0 and b > 0. */
export function ceilDiv(a: number, b: number): number {
  return Math.ceil(a / b);
}

/** The smallest multiple of `multiple` that is not below `value`. */
export function roundUp(value: number, multiple: number): number {
  return ceilDiv(value, multiple) * multiple;
}

/** The smallest power of two that is not below `value`; 1 for 0. */
export function nextPowerOfTwo(value: number): number {
  let result = 1;
  while (result < value) result *= 2;
  return result;
}

/** `lower`, …, `upper - 1`. */
export function range(lower: number, upper: number): number[] {
  return Array.from({ length: Math.max(0, upper - lower) }, (_, index) => lower + index);
}
