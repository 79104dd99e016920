// Orthonormal columns of a matrix, in float64 on the CPU.

/**
 * Q of the one decomposition A = Q R whose R has no negative number on its diagonal: columns of length 1 and at right angles,
 * each the rest of A's once those before are taken away. a: [rows, cols], row-major, cols at most rows. By Householder's
 * reflections, so that columns stay at right angles however alike those of A are. After Mezzadri: "How to generate random
 * matrices from the classical compact groups" (2007), which says why the sign matters.
 */
export function orthonormalColumns(a: Float64Array, rows: number, cols: number): Float64Array {
  const rest = Float64Array.from(a);
  const reflections: Float64Array[] = [];
  const signs: number[] = [];
  for (let col = 0; col < cols; col++) {
    const v = Float64Array.from({ length: rows - col }, (_, i) => rest[(col + i) * cols + col]);
    const length = Math.sqrt(squareOf(v));
    const corner = v[0] > 0 ? -length : length; // What is left on the diagonal; away from v[0], so that nothing cancels.
    v[0] -= corner;
    signs.push(corner < 0 ? -1 : 1);
    reflections.push(v);
    reflect(rest, v, cols, col, col);
  }
  const q = new Float64Array(rows * cols);
  for (let col = cols - 1; col >= 0; col--) {
    q[col * cols + col] = 1;
    reflect(q, reflections[col], cols, col, col);
  }
  return q.map((value, i) => value * signs[i % cols]);
}

/** x - 2 v (v x) / (v v) of the columns of `matrix` from `firstCol` on, in the rows from `firstRow` on. */
function reflect(
  matrix: Float64Array,
  v: Float64Array,
  cols: number,
  firstRow: number,
  firstCol: number,
): void {
  const square = squareOf(v);
  if (square === 0) return;
  const products = new Float64Array(cols);
  for (let i = 0; i < v.length; i++) {
    const row = (firstRow + i) * cols;
    for (let col = firstCol; col < cols; col++) products[col] += v[i] * matrix[row + col];
  }
  for (let i = 0; i < v.length; i++) {
    const row = (firstRow + i) * cols;
    const factor = (2 * v[i]) / square;
    for (let col = firstCol; col < cols; col++) matrix[row + col] -= factor * products[col];
  }
}

function squareOf(v: Float64Array): number {
  return v.reduce((total, value) => total + value * value, 0);
}
