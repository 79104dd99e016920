// Numbers that are the same for every engine and in every run.

/** `count` values, uniform from `low` to `high`. Source: Marsaglia, "Xorshift RNGs", 2003, 32 bits, (13, 17, 5). */
export function noise(count: number, low: number, high: number, seed: number): Float32Array {
  const values = new Float32Array(count);
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  for (let i = 0; i < count; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    values[i] = low + ((high - low) * (state >>> 0)) / 2 ** 32;
  }
  return values;
}

/**
 * `count` values from N(0, std ** 2). Source: Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958.
 */
export function normalNoise(count: number, std: number, seed: number): Float32Array {
  const draws = noise(2 * count, 0, 1, seed);
  return Float32Array.from({ length: count }, (_, i) => {
    return std * Math.sqrt(-2 * Math.log(1 - draws[2 * i])) * Math.cos(2 * Math.PI * draws[2 * i + 1]);
  });
}
