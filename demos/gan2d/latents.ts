// Latents that stay the same through a run: those of the points that are looked at and measured, and the grid.

import type { GanSettings } from "./ganSettings.ts";
import { normalFrom, pointRandom } from "./pointRandom.ts";

/** Purposes of latents. */
export const LOOK_SEED = 0x5eed;
export const MEASURE_SEED = 0xca11;

type LatentSettings = Pick<GanSettings, "latent" | "latentSize" | "seed">;

/** [count, latentSize]. `purpose` tells sets of one run apart. */
export function fixedLatents(
  { latent, latentSize, seed }: LatentSettings,
  count: number,
  purpose: number,
): Float32Array<ArrayBuffer> {
  const random = pointRandom((seed ^ Math.imul(purpose, 0x9e3779b1)) >>> 0);
  const draw = latent === "normal" ? () => normalFrom(random) : () => 2 * random() - 1;
  return Float32Array.from({ length: count * latentSize }, draw);
}

/**
 * [lines * lines, latentSize]: a grid whose squares are all equally likely; along a line where there is one latent. The
 * outermost lines of normal latents stand where next to none lie beyond.
 */
export function latentGrid({ latent, latentSize }: LatentSettings, lines: number): Float32Array<ArrayBuffer> {
  const count = lines * lines;
  const along = latentSize === 1 ? count : lines;
  const place = (index: number) => {
    const share = index / (along - 1);
    return latent === "uniform" ? 2 * share - 1 : quantile(0.01 + 0.98 * share);
  };
  return Float32Array.from({ length: count * latentSize }, (_, index) => {
    if (latentSize === 1) return place(index);
    const node = index >> 1;
    return index % 2 === 0 ? place(node % lines) : place(Math.floor(node / lines));
  });
}

/** The value that a share of a normal distribution lies below: by bisection of its mass, to far below what is seen. */
function quantile(share: number): number {
  let low = -6;
  let high = 6;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (massBelow(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** A logistic curve near the normal distribution's: off by 0.0002 at most (Bowling et al., "A logistic approximation", 2009). */
function massBelow(x: number): number {
  return 1 / (1 + Math.exp(-(0.07056 * x ** 3 + 1.5976 * x)));
}
