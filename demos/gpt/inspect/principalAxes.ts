// Principal component analysis to two dimensions: the directions in which vectors differ most.
//
// Decides: the covariance on the CPU, its two leading directions by power iteration, and signs that do not depend on
// chance. Source: Pearson, "On lines and planes of closest fit" (1901); Hotelling's deflation (1933).

export interface Projection {
  /** [count, 2] */
  readonly places: Float32Array<ArrayBuffer>;
  /** The share of the variance along each axis, from 0 to 1; 0 where the vectors do not differ. */
  readonly varianceShares: readonly [number, number];
}

const MOST_ITERATIONS = 300;
/** The change of a unit vector below which it counts as found. */
const STEADY = 1e-7;

/** vectors: [count, width] in a row. Places are relative to the mean of the vectors. */
export function projectOntoPrincipalAxes(vectors: Float32Array, width: number): Projection {
  const count = vectors.length / width;
  const centred = withoutMean(vectors, width);
  const covariance = covarianceOf(centred, width);
  let total = 0;
  for (let i = 0; i < width; i++) total += covariance[i * width + i];
  const places = new Float32Array(2 * count);
  const shares: [number, number] = [0, 0];
  for (const component of [0, 1]) {
    const axis = leadingDirection(covariance, width);
    const variance = lengthOf(product(covariance, axis));
    shares[component] = total > 0 ? variance / total : 0;
    for (let row = 0; row < count; row++) {
      let place = 0;
      for (let i = 0; i < width; i++) place += centred[row * width + i] * axis[i];
      places[2 * row + component] = place;
    }
    deflate(covariance, axis, variance);
  }
  return { places, varianceShares: shares };
}

/**
 * `next` mirrored along each axis where that brings it closer to `previous`, both [count, 2]: which way an axis points
 * means nothing, so a map that is drawn again should not turn over.
 */
export function alignSigns(
  previous: Float32Array,
  next: Float32Array<ArrayBuffer>,
): Float32Array<ArrayBuffer> {
  if (previous.length !== next.length) return next;
  const agreement = [0, 0];
  next.forEach((value, index) => {
    agreement[index % 2] += value * previous[index];
  });
  return next.map((value, index) => (agreement[index % 2] < 0 ? -value : value));
}

function withoutMean(vectors: Float32Array, width: number): Float64Array {
  const count = vectors.length / width;
  const mean = new Float64Array(width);
  vectors.forEach((value, index) => {
    mean[index % width] += value / count;
  });
  return Float64Array.from(vectors, (value, index) => value - mean[index % width]);
}

/** Symmetric, [width, width]. */
function covarianceOf(centred: Float64Array, width: number): Float64Array {
  const covariance = new Float64Array(width * width);
  const count = centred.length / width;
  for (let row = 0; row < count; row++) {
    const start = row * width;
    for (let i = 0; i < width; i++) {
      const factor = centred[start + i] / count;
      for (let j = 0; j <= i; j++) covariance[i * width + j] += factor * centred[start + j];
    }
  }
  for (let i = 0; i < width; i++)
    for (let j = i + 1; j < width; j++) covariance[i * width + j] = covariance[j * width + i];
  return covariance;
}

/** The unit vector that `matrix` stretches most; its component of the largest size is positive. */
function leadingDirection(matrix: Float64Array, width: number): Float64Array {
  // No pattern that vectors could have: a start at right angles to the answer would never find it.
  let axis = normalised(
    Float64Array.from({ length: width }, (_, i) => 1 + 0.5 * Math.sin(12.9898 * (i + 1))),
  );
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const next = normalised(product(matrix, axis));
    const change = Math.hypot(...next.map((value, i) => value - axis[i]));
    axis = next;
    if (change < STEADY) break;
  }
  const largest = axis.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return largest < 0 ? axis.map((value) => -value) : axis;
}

function deflate(matrix: Float64Array, axis: Float64Array, variance: number): void {
  const width = axis.length;
  for (let i = 0; i < width; i++)
    for (let j = 0; j < width; j++) matrix[i * width + j] -= variance * axis[i] * axis[j];
}

function product(matrix: Float64Array, x: Float64Array): Float64Array {
  const width = x.length;
  const y = new Float64Array(width);
  for (let i = 0; i < width; i++) {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += matrix[i * width + j] * x[j];
    y[i] = sum;
  }
  return y;
}

function lengthOf(x: Float64Array): number {
  return Math.hypot(...x);
}

/** `x` as a unit vector; zeros stay zeros. */
function normalised(x: Float64Array): Float64Array {
  const length = lengthOf(x);
  return length > 0 ? x.map((value) => value / length) : x;
}
