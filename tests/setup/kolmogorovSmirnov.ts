// The test of Kolmogorov and Smirnov: whether numbers may well have been drawn from a distribution.

/** The largest distance of two distribution functions, and how often chance makes it as large. */
export interface KolmogorovSmirnov {
  readonly distance: number;
  readonly probability: number;
}

/** Numbers, which need not be sorted, against a continuous distribution function; two-sided. After Stephens (1970). */
export function kolmogorovSmirnov(
  values: Iterable<number>,
  distribution: (x: number) => number,
): KolmogorovSmirnov {
  const sorted = Float64Array.from(values).sort();
  const count = sorted.length;
  let distance = 0;
  sorted.forEach((value, index) => {
    const due = distribution(value);
    distance = Math.max(distance, due - index / count, (index + 1) / count - due);
  });
  const scaled = (Math.sqrt(count) + 0.12 + 0.11 / Math.sqrt(count)) * distance;
  let probability = 0;
  for (let k = 1; k <= 100; k++) probability += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * (k * scaled) ** 2);
  return { distance, probability: scaled < 0.2 ? 1 : Math.min(1, Math.max(0, probability)) };
}
