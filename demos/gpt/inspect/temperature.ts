// What a temperature makes of a distribution.

/**
 * Probabilities at `temperature` (above 0) from their logarithms at 1. The largest logarithm comes first, and the order
 * stays. Divides by the temperature and normalises again; computes in float64.
 */
export function atTemperature(logProbabilities: Float32Array, temperature: number): Float64Array {
  const weights = Float64Array.from(logProbabilities, (value) =>
    Math.exp((value - logProbabilities[0]) / temperature),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** -sum p log2 p: how many yes-or-no questions the choice is worth. */
export function entropyBits(probabilities: Float64Array): number {
  return probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log2(p) : sum), 0);
}
