// Generated pictures side by side, as one picture.

import type { Picture } from "../../src/formats/png.ts";

const SCALE = 2;
const GAP = 2;
const GAP_GRAY = 96;

/** Gray pictures [count, size, size], one after another, in rows of `columns`. At least one. */
export function sampleSheet(pixels: Uint8Array, size: number, columns: number): Picture {
  const count = pixels.length / (size * size);
  const tile = size * SCALE + GAP;
  const width = columns * tile + GAP;
  const height = Math.ceil(count / columns) * tile + GAP;
  const sheet = new Uint8Array(width * height).fill(GAP_GRAY);
  for (let index = 0; index < count; index++) {
    const left = GAP + (index % columns) * tile;
    const top = GAP + Math.floor(index / columns) * tile;
    for (let y = 0; y < size * SCALE; y++) {
      const row = (index * size + Math.floor(y / SCALE)) * size;
      for (let x = 0; x < size * SCALE; x++) {
        sheet[(top + y) * width + left + x] = pixels[row + Math.floor(x / SCALE)];
      }
    }
  }
  return { width, height, channels: 1, pixels: sheet };
}
