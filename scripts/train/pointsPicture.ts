// Real and generated points as a picture: blue discs, and orange diamonds over them, on white.

import { FIELD_REACH } from "../../demos/gan2d/distributions.ts";
import type { Picture } from "../../src/formats/png.ts";

const SIDE = 480;
const RADIUS = 3;
const REAL = [42, 103, 184] as const;
const FAKE = [194, 96, 12] as const;
const PAPER = 255;
const STRENGTH = 0.55;

/** Points are x and y, one behind the other. Those outside of the plane are left out. */
export function pointsPicture(real: readonly number[], fake: readonly number[]): Picture {
  const pixels = new Uint8Array(3 * SIDE * SIDE).fill(PAPER);
  paint(pixels, real, REAL, (dx, dy) => dx * dx + dy * dy <= RADIUS * RADIUS);
  paint(pixels, fake, FAKE, (dx, dy) => Math.abs(dx) + Math.abs(dy) <= RADIUS);
  return { width: SIDE, height: SIDE, channels: 3, pixels };
}

function paint(
  pixels: Uint8Array,
  points: readonly number[],
  colour: readonly [number, number, number],
  covers: (dx: number, dy: number) => boolean,
): void {
  const place = (value: number) => Math.round(((value + FIELD_REACH) / (2 * FIELD_REACH)) * (SIDE - 1));
  for (let i = 0; i + 1 < points.length; i += 2) {
    const [column, row] = [place(points[i]), place(-points[i + 1])];
    for (let dy = -RADIUS; dy <= RADIUS; dy++) {
      for (let dx = -RADIUS; dx <= RADIUS; dx++) {
        const [x, y] = [column + dx, row + dy];
        if (!covers(dx, dy) || x < 0 || y < 0 || x >= SIDE || y >= SIDE) continue;
        const at = 3 * (y * SIDE + x);
        colour.forEach((value, channel) => {
          pixels[at + channel] += Math.round((value - pixels[at + channel]) * STRENGTH);
        });
      }
    }
  }
}
