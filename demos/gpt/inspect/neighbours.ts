// Which vectors point the same way.

export interface Neighbour {
  readonly index: number;
  /** From -1 to 1; 0 where one of the two vectors is zero. */
  readonly cosine: number;
}

/** The `count` rows of [rows, width] whose angle with row `index` is smallest, that row left out; the closest first. */
export function nearestByCosine(
  vectors: Float32Array,
  width: number,
  index: number,
  count: number,
): Neighbour[] {
  const own = vectors.subarray(index * width, (index + 1) * width);
  const found: Neighbour[] = [];
  for (let other = 0; other < vectors.length / width; other++) {
    if (other === index) continue;
    found.push({ index: other, cosine: cosineOf(own, vectors.subarray(other * width, (other + 1) * width)) });
  }
  return found.sort((a, b) => b.cosine - a.cosine || a.index - b.index).slice(0, count);
}

function cosineOf(a: Float32Array, b: Float32Array): number {
  let [dot, squareA, squareB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i] * b[i];
    squareA += a[i] * a[i];
    squareB += b[i] * b[i];
  }
  return squareA > 0 && squareB > 0 ? dot / Math.sqrt(squareA * squareB) : 0;
}
