// Numbers from a hash: what the fixtures were computed from, made here and by common.py alike, so that none is stored.
//
// Decides: the hash (its constants are those of "lowbias32" in the prospector search of Chris Wellons), and which
// elements of a large result a fixture holds. Leaves to others: the files (fixture.ts), and what the numbers mean.

import { elementCount, type Shape } from "../../src/tensor/shape.ts";

const GOLDEN = 0x9e3779b9;

/** How many elements of a result are stored unless a fixture says otherwise. */
export const SAMPLES = 256;

function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** `count` numbers of 32 bits: those of tensor number `tensor` under `seed`. */
export function hashBits(seed: number, tensor: number, count: number): Uint32Array {
  const key = mix(mix((seed + GOLDEN) | 0) + tensor);
  return Uint32Array.from({ length: count }, (_, i) => mix((key + Math.imul(i, GOLDEN)) | 0));
}

/** Multiples of 2^-20 from [-1, 1), times `scale`, plus `offset`, rounded to f32. */
export function hashNumbers(
  seed: number,
  tensor: number,
  shape: Shape,
  { scale = 1, offset = 0 }: { readonly scale?: number; readonly offset?: number } = {},
): Float32Array {
  const bits = hashBits(seed, tensor, elementCount(shape));
  return Float32Array.from(bits, (word) => scale * (((word >>> 11) - 2 ** 20) * 2 ** -20) + offset);
}

/** Whole numbers from 0 and below `bound`. */
export function hashIntegers(seed: number, tensor: number, shape: Shape, bound: number): Int32Array {
  return Int32Array.from(hashBits(seed, tensor, elementCount(shape)), (word) => word % bound);
}

/** Which elements of a result of `count` are stored: all of a small one, else one of each of `samples` equal stretches. */
export function samplePlaces(count: number, samples: number = SAMPLES): number[] {
  if (count <= samples) return Array.from({ length: count }, (_, i) => i);
  const offsets = hashBits(count, 0, samples);
  const start = (stretch: number) => Math.floor((stretch * count) / samples);
  return Array.from(offsets, (word, i) => {
    if (i === 0) return 0;
    if (i === samples - 1) return count - 1;
    return start(i) + (word % (start(i + 1) - start(i)));
  });
}
