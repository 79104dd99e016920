// Matrices whose rows begin at whole quads, so that a shader can read them as arrays of vec4.

import { groupsOf } from "./rung.ts";

/** `[rows, cols]` with zeros up to `paddedRows` rows and whole quads of columns. */
export function paddedRows(
  values: Float32Array,
  [rows, cols]: readonly [number, number],
  paddedRowCount = rows,
): Float32Array {
  const pitch = 4 * groupsOf(cols, 4);
  const padded = new Float32Array(paddedRowCount * pitch);
  for (let row = 0; row < rows; row++) padded.set(values.subarray(row * cols, (row + 1) * cols), row * pitch);
  return padded;
}

/** What `paddedRows` was given. */
export function withoutPadding(padded: Float32Array, [rows, cols]: readonly [number, number]): Float32Array {
  const pitch = 4 * groupsOf(cols, 4);
  const values = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++)
    values.set(padded.subarray(row * pitch, row * pitch + cols), row * cols);
  return values;
}
