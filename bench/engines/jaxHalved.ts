// Convolutions of jax-js at stride 2, written at stride 1.
//
// lax.conv at stride 2 has a gradient by its input that is wrong for many shapes, and whose kernels end the software adapter
// for others (see jaxDcgan.ts). To be replaced once that gradient is right.

import { lax, numpy as np } from "@jax-js/jax";

/** Convolution by [out, in, 4, 4] at stride 2 and padding 1: one by [out, 4 in, 2, 2] of squares of four pixels. */
export function halved(x: np.Array, weight: np.Array): np.Array {
  const [batch, depth, side] = x.shape;
  const half = side / 2 + 1;
  const padded = np.pad(x, { 2: [1, 1], 3: [1, 1] }).reshape([batch, depth, half, 2, half, 2]);
  const squares = padded.transpose([0, 1, 3, 5, 2, 4]).reshape([batch, 4 * depth, half, half]);
  const taps = weight.reshape([-1, depth, 2, 2, 2, 2]).transpose([0, 1, 3, 5, 2, 4]);
  return lax.conv(squares, taps.reshape([-1, 4 * depth, 2, 2]), [1, 1], "VALID");
}

/** By [out, in, 3, 3] at stride 2 and padding 1: the same with zeros for the last taps. */
export function halvedByThree(x: np.Array, weight: np.Array): np.Array {
  return halved(x, np.pad(weight, { 2: [0, 1], 3: [0, 1] }));
}

/** By [out, in, 1, 1] at stride 2 and no padding: of every second pixel. */
export function halvedByOne(x: np.Array, weight: np.Array): np.Array {
  const [batch, depth, side] = x.shape;
  const squares = x.reshape([batch, depth, side / 2, 2, side / 2, 2]);
  return lax.conv(squares.slice([], [], [], 0, [], 0), weight, [1, 1], "VALID");
}
