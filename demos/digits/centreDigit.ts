// A drawing as MNIST's pictures were made: the longer side scaled to 20 pixels, anti-aliased, and the centre of mass in
// the middle of 28 x 28 (LeCun, Cortes and Burges, "The MNIST database of handwritten digits").

/** Pixels a side of what the network reads. */
export const PICTURE_SIZE = 28;

const DIGIT_SIZE = 20;
/** A dot is not blown up to a blob: a picture shows at least this share of the drawing surface. */
const SMALLEST_SHARE = 0.25;
/** Ink fainter than this does not count towards the size. */
const FAINTEST = 16;

interface Extent {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Centre of mass. */
  readonly x: number;
  readonly y: number;
}

/**
 * Gray values [28, 28] of a drawing, or undefined where there is none. `ink` holds size * size values from 0 to 255,
 * `stride` apart, the first at `offset`: 4 and 3 read the alpha channel of image data.
 */
export function centreDigit(
  ink: ArrayLike<number>,
  size: number,
  { stride = 1, offset = 0 } = {},
): Uint8Array | undefined {
  const valueAt = (x: number, y: number) => ink[(y * size + x) * stride + offset];
  const extent = measure(valueAt, size);
  if (extent === undefined) return undefined;
  const { left, right, top, bottom } = extent;
  const longest = Math.max(right - left, bottom - top, SMALLEST_SHARE * size);
  const scale = DIGIT_SIZE / longest;
  const originX = originOf(extent.x, left, right, scale);
  const originY = originOf(extent.y, top, bottom, scale);
  const sums = new Float64Array(PICTURE_SIZE * PICTURE_SIZE);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const value = valueAt(x, y);
      if (value > 0) spread(sums, originX + x * scale, originY + y * scale, scale, value);
    }
  }
  return Uint8Array.from(sums, (sum) => Math.min(255, Math.round(sum)));
}

/** Where the ink lies; pixels cover [x, x + 1). */
function measure(valueAt: (x: number, y: number) => number, size: number): Extent | undefined {
  let [left, right, top, bottom] = [size, 0, size, 0];
  let [mass, momentX, momentY] = [0, 0, 0];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const value = valueAt(x, y);
      if (value < FAINTEST) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
      mass += value;
      momentX += value * (x + 0.5);
      momentY += value * (y + 0.5);
    }
  }
  return mass === 0 ? undefined : { left, right, top, bottom, x: momentX / mass, y: momentY / mass };
}

/** Where 0 of the drawing comes to lie along one axis: the mean in the middle, as far as all ink stays inside. */
function originOf(mean: number, low: number, high: number, scale: number): number {
  const wanted = PICTURE_SIZE / 2 - mean * scale;
  return Math.max(-low * scale, Math.min(PICTURE_SIZE - high * scale, wanted));
}

/** Adds `value` over the square of side `scale` (below 1) at (x, y), to each pixel by the area it gets. */
function spread(sums: Float64Array, x: number, y: number, scale: number, value: number): void {
  for (let row = Math.floor(y); row < y + scale && row < PICTURE_SIZE; row++) {
    const height = Math.min(row + 1, y + scale) - Math.max(row, y);
    for (let column = Math.floor(x); column < x + scale && column < PICTURE_SIZE; column++) {
      const width = Math.min(column + 1, x + scale) - Math.max(column, x);
      if (row >= 0 && column >= 0) sums[row * PICTURE_SIZE + column] += value * width * height;
    }
  }
}
