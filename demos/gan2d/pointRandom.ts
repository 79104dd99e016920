// Random numbers for points, on the CPU: what is drawn depends on the seed alone, not on any device.

/** Numbers of [0, 1). */
export type PointRandom = () => number;

/** A generator for `seed`: a counter by the golden ratio, mixed as by Steele, Lea and Flood, "SplitMix" (2014), in 32 bits. */
export function pointRandom(seed: number): PointRandom {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let bits = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** A normal deviate with mean 0 and deviation 1 (Box and Muller, 1958). */
export function normalFrom(random: PointRandom): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
