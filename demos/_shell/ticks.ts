// Round numbers for axes.

/** 0 and multiples of 1, 2 or 5 times a power of ten, up to one that is at least `top`; about `wanted` of them. */
export function niceTicks(top: number, wanted: number): number[] {
  if (!(top > 0) || !Number.isFinite(top)) return [0, 1];
  const rough = top / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const gap = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  // Multiplied, not added up: 3 * 0.1 is one rounding away from 0.3, three additions are more.
  const count = Math.ceil(top / gap - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * gap).toPrecision(12)));
}
