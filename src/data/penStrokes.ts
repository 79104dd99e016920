// What pen strokes are made of: knots in a box of height 1, x to the right, y down, and a few shapes that
// digits share.
//
// Decides: nothing about any digit. Leaves to drawStrokes: the curve through the knots.

import type { Random } from "./seededRandom.ts";

/** A point that the pen passes; at a `corner` its direction may break. */
export interface Knot {
  x: number;
  y: number;
  corner: boolean;
}

export type Stroke = Knot[];

/** The strokes of one way to write a digit. */
export type Skeleton = (random: Random) => Stroke[];

export interface Variant {
  /** How often this way is taken, relative to the others of the digit. */
  weight: number;
  skeleton: Skeleton;
}

export function knot(x: number, y: number): Knot {
  return { x, y, corner: false };
}

export function corner(x: number, y: number): Knot {
  return { x, y, corner: true };
}

export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

/** Knots on an ellipse, from `start` over `sweep`, in turns; 0 is at the right, positive is clockwise. */
export function arc(cx: number, cy: number, rx: number, ry: number, start: number, sweep: number): Knot[] {
  const steps = Math.max(2, Math.ceil(Math.abs(sweep) * 8));
  return Array.from({ length: steps + 1 }, (_, i) => {
    const angle = 2 * Math.PI * (start + (sweep * i) / steps);
    return knot(cx + rx * Math.cos(angle), cy + ry * Math.sin(angle));
  });
}

/** The lower bowl of a 3 or 5, from its upper left. */
export function bowl(random: Random, top: number, left: number, right: number): Knot[] {
  const middle = (top + 1) / 2;
  return [
    knot(left + (right - left) * 0.62, top + 0.02),
    knot(right - 0.02, top + (middle - top) * 0.55),
    knot(right, middle + 0.03),
    knot(right - 0.12, 0.93),
    knot(0.46, between(random, 0.97, 1.02)),
    knot(between(random, 0.12, 0.24), between(random, 0.84, 0.94)),
  ];
}
