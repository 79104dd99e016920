// From knots to pixels: smooth curves through the knots, and a soft round pen along them.
//
// Decides: curves are cubic Beziers with Catmull-Rom tangents, cut at corners; a pixel's ink is how far it
// lies inside the pen, so edges are anti-aliased. Leaves to others: where the knots are.

import type { Stroke } from "./penStrokes.ts";

/** Points along one stroke, close enough to be joined by straight lines: x0, y0, x1, y1, … */
export type Polyline = Float64Array;

/** The pen, in pixels. */
export interface Pen {
  radius: number;
  /** The width of the edge on which ink fades from full to none. */
  softness: number;
  /**
   * How much the radius swells and shrinks along the stroke, and where it begins: radius * (1 + depth
   * sin(…)).
   */
  pressureDepth: number;
  pressurePhase: number;
}

const pointsPerCurve = 6;
const pressureRate = 0.35; // radians per point

/** The stroke as straight pieces, in the knots' own coordinates. */
export function strokePolyline(stroke: Stroke): Polyline {
  const points = new Float64Array(2 * ((stroke.length - 1) * pointsPerCurve + 1));
  points[0] = stroke[0].x;
  points[1] = stroke[0].y;
  for (let i = 0; i + 1 < stroke.length; i++) {
    const [x1, x2] = controls(stroke, i, "x");
    const [y1, y2] = controls(stroke, i, "y");
    for (let step = 1; step <= pointsPerCurve; step++) {
      const at = 2 * (i * pointsPerCurve + step);
      const t = step / pointsPerCurve;
      points[at] = bezier(stroke[i].x, x1, x2, stroke[i + 1].x, t);
      points[at + 1] = bezier(stroke[i].y, y1, y2, stroke[i + 1].y, t);
    }
  }
  return points;
}

/** The two inner control values of the curve from knot `i` to the next. */
function controls(stroke: Stroke, i: number, axis: "x" | "y"): [number, number] {
  const from = stroke[i];
  const to = stroke[i + 1];
  // At an end or a corner the curve takes the direction of its own chord.
  const before = i === 0 || from.corner ? from : stroke[i - 1];
  const after = i + 2 >= stroke.length || to.corner ? to : stroke[i + 2];
  return [from[axis] + (to[axis] - before[axis]) / 6, to[axis] - (after[axis] - from[axis]) / 6];
}

function bezier(a: number, b: number, c: number, d: number, t: number): number {
  const s = 1 - t;
  return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d;
}

/**
 * Draws the line into `ink` [size, size], 0 to 1; where strokes cross, the darker one stays. Coordinates are
 * pixels.
 */
export function drawPolyline(ink: Float64Array, size: number, line: Polyline, pen: Pen): void {
  for (let i = 0; i + 3 < line.length; i += 2) {
    const radius =
      pen.radius * (1 + pen.pressureDepth * Math.sin(pen.pressurePhase + (pressureRate * i) / 2));
    drawSegment(ink, size, line, i, radius, pen.softness);
  }
}

function drawSegment(
  ink: Float64Array,
  size: number,
  line: Polyline,
  at: number,
  radius: number,
  softness: number,
): void {
  const x0 = line[at];
  const y0 = line[at + 1];
  const dx = line[at + 2] - x0;
  const dy = line[at + 3] - y0;
  const lengthSquared = dx * dx + dy * dy;
  const reach = radius + softness / 2;
  const left = Math.max(0, Math.ceil(Math.min(x0, x0 + dx) - reach));
  const right = Math.min(size - 1, Math.floor(Math.max(x0, x0 + dx) + reach));
  const top = Math.max(0, Math.ceil(Math.min(y0, y0 + dy) - reach));
  const bottom = Math.min(size - 1, Math.floor(Math.max(y0, y0 + dy) + reach));
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const along = lengthSquared > 0 ? ((x - x0) * dx + (y - y0) * dy) / lengthSquared : 0;
      const t = along < 0 ? 0 : along > 1 ? 1 : along;
      const distance = Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
      const coverage = (reach - distance) / softness;
      if (coverage > ink[y * size + x]) ink[y * size + x] = coverage > 1 ? 1 : coverage;
    }
  }
}
