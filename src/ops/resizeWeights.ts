// How much of each old place is in each new one, along one axis of an image: small matrices that resizing multiplies with.
//
// Place i of the new axis lies at step (i + origin) / unit - origin of the old one. Distances are counted in parts of an
// old place, `unit` to each: for given sizes all of them are whole numbers or halves, so that nothing is rounded before the
// last division.

import type { Value } from "../graph/node.ts";
import { abs } from "./abs.ts";
import { add } from "./add.ts";
import { arangeNode } from "./arange.ts";
import { cast } from "./cast.ts";
import { clamp } from "./clamp.ts";
import { CUBIC_SLOPE, cubicWeight } from "./cubicWeight.ts";
import { div } from "./div.ts";
import { equal } from "./equal.ts";
import { less } from "./less.ts";
import { mul } from "./mul.ts";
import { relu } from "./relu.ts";
import { reshape } from "./reshape.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";

/** How old places are mixed. */
export type ResizeFilter = "line" | "wideLine" | "cubic" | "wideCubic" | "area";

/** An axis and its new size. */
export interface ResizedAxis {
  readonly old: number;
  readonly size: number;
  readonly step: number;
  readonly unit: number;
  readonly origin: number;
}

/** Pillow's, where many places are mixed. */
const WIDE_CUBIC_SLOPE = -0.5;

/** The weights f32 [size, old] of an axis with several old places; rows have the sum 1. They live where `x` does. */
export function resizeWeights<T extends Value>(x: T, axis: ResizedAxis, filter: ResizeFilter): T {
  const { old, size, step, unit, origin } = axis;
  const scaled = (count: number, by: number) => mul(add(x.derive(arangeNode(count, "f32"), [x]), origin), by);
  const to = reshape(scaled(size, step), [size, 1]);
  const from = scaled(old, unit);
  const wide = Math.max(step, unit);
  switch (filter) {
    case "line": {
      const inside = clamp(to, { min: origin * unit, max: (old - 1 + origin) * unit });
      return div(relu(sub(unit, abs(sub(inside, from)))), unit);
    }
    case "wideLine":
      return shares(relu(sub(wide, abs(sub(to, from)))));
    case "cubic":
      return withEdges(x, div(sub(to, from), unit));
    case "wideCubic":
      return shares(cubicWeight(div(sub(to, from), wide), WIDE_CUBIC_SLOPE));
    case "area":
      // New and old places overlap where their middles are nearer than half of both.
      return shares(cast(less(abs(sub(to, from)), (step + unit) / 2), "f32"));
  }
}

/** Each row divided by its sum. */
function shares<T extends Value>(weights: T): T {
  return div(weights, sum(weights, { axis: 1, keepDims: true }));
}

/** Cubic weights by distance [size, old]; the first and the last place stand for the two beyond them as well. */
function withEdges<T extends Value>(x: T, distance: T): T {
  const old = distance.shape[1];
  const counted = x.derive(arangeNode(old, "f32"), [x]);
  const outwards = sub(cast(equal(counted, 0), "f32"), cast(equal(counted, old - 1), "f32"));
  const beyond = (count: number) => cubicWeight(add(distance, mul(outwards, count)), CUBIC_SLOPE);
  return add(cubicWeight(distance, CUBIC_SLOPE), mul(abs(outwards), add(beyond(1), beyond(2))));
}
