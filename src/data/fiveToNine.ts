// How people write 5, 6, 7, 8 and 9.
//
// Decides: the strokes and their natural variation: how round, how open, how long.
// Leaves to generateDigits: slant, size, pen, distortion.

import { arc, between, bowl, corner, type Knot, knot, type Stroke, type Variant } from "./penStrokes.ts";
import type { Random } from "./seededRandom.ts";

/** The neck and bowl of a 5, from the left end of its bar. */
function fiveBody(random: Random, left: number): Knot[] {
  const shoulderY = between(random, 0.36, 0.46);
  const neck = [
    corner(left, 0.02),
    knot(left - 0.02, 0.2),
    corner(left - between(random, 0.01, 0.06), shoulderY + 0.04),
  ];
  return [...neck, ...bowl(random, shoulderY - 0.03, left + 0.05, between(random, 0.76, 0.9))];
}

/** A 5 in one line, from the right end of its bar. */
function five(random: Random): Stroke[] {
  const left = between(random, 0.24, 0.36);
  const bar = [
    knot(between(random, 0.72, 0.96), between(random, -0.04, 0.06)),
    knot(0.56, between(random, 0, 0.05)),
  ];
  return [[...bar, ...fiveBody(random, left)]];
}

/** A 5 whose bar is put on at the end, not always where it belongs. */
function fiveWithBar(random: Random): Stroke[] {
  const left = between(random, 0.24, 0.36);
  const y = between(random, -0.05, 0.06);
  const bar = [knot(left + between(random, -0.04, 0.08), y + 0.02), knot(between(random, 0.72, 0.98), y)];
  return [fiveBody(random, left), bar];
}

/** A 5 like an S. */
function fiveRound(random: Random): Stroke[] {
  const left = between(random, 0.2, 0.3);
  const top = [
    knot(between(random, 0.74, 0.92), between(random, 0.02, 0.1)),
    knot(0.56, 0),
    knot(left + 0.08, 0.08),
  ];
  const neck = [knot(left, 0.24), knot(left + 0.1, 0.38)];
  const right = between(random, 0.72, 0.84);
  const end = [knot(0.6, 0.5), knot(right, 0.7), knot(right - 0.1, 0.92), knot(0.42, 1), knot(0.16, 0.92)];
  return [[...top, ...neck, ...end]];
}

/** The loop of a 6, from the left side over the bottom to where it closes. */
function sixLoop(random: Random, left: number, loopTop: number): Knot[] {
  const right = between(random, 0.72, 0.88);
  const cx = (left + right) / 2;
  const cy = (loopTop + 1) / 2;
  return arc(cx, cy, (right - left) / 2, (1 - loopTop) / 2, 0.5, -between(random, 0.94, 1.12));
}

/** A 6 that comes down in a curve. */
function six(random: Random): Stroke[] {
  const left = between(random, 0.14, 0.26);
  const loopTop = between(random, 0.44, 0.62);
  const startX = between(random, 0.4, 0.72);
  const stem = [
    knot(startX, between(random, 0, 0.05)),
    knot((startX + left) / 2, 0.2),
    knot(left + 0.05, 0.45),
  ];
  return [[...stem, ...sixLoop(random, left, loopTop)]];
}

/** A 6 that comes down nearly straight. */
function sixStraight(random: Random): Stroke[] {
  const left = between(random, 0.16, 0.28);
  const loopTop = between(random, 0.5, 0.64);
  const stem = [knot(left + between(random, 0.08, 0.26), 0), knot(left + 0.06, 0.3), knot(left + 0.01, 0.55)];
  return [[...stem, ...sixLoop(random, left, loopTop)]];
}

/** The bar and stem of a 7. */
function sevenLine(random: Random): Knot[] {
  const right = between(random, 0.74, 0.9);
  const barY = between(random, 0, 0.08);
  const bottom = between(random, 0.26, 0.56);
  const bend = between(random, -0.06, 0.08);
  const turn = random() < 0.7 ? corner(right, barY) : knot(right - 0.01, barY + 0.04);
  const bar = [
    knot(between(random, 0.08, 0.22), barY + between(random, -0.02, 0.05)),
    knot(0.48, barY + between(random, -0.03, 0.03)),
  ];
  return [...bar, turn, knot((right + bottom) / 2 + bend, 0.45), knot(bottom, 1)];
}

function seven(random: Random): Stroke[] {
  return [sevenLine(random)];
}

function sevenWithBar(random: Random): Stroke[] {
  const y = between(random, 0.44, 0.58);
  const tilt = between(random, -0.05, 0.05);
  return [
    sevenLine(random),
    [knot(between(random, 0.26, 0.4), y + tilt), knot(between(random, 0.7, 0.86), y - tilt)],
  ];
}

/** A 7 whose bar begins with a small downstroke. */
function sevenWithSerif(random: Random): Stroke[] {
  const [start, ...rest] = sevenLine(random);
  const serif = knot(start.x - between(random, -0.03, 0.04), start.y + between(random, 0.1, 0.22));
  return [[serif, corner(start.x, start.y), ...rest]];
}

/** An 8 in one line: an S, and back up to its start. */
function eight(random: Random): Stroke[] {
  const waistY = between(random, 0.42, 0.52);
  const top = between(random, 0.16, 0.3);
  const bottom = between(random, 0.22, 0.36);
  const startX = 0.5 + top * between(random, 0.2, 0.9);
  const down = [
    knot(startX, between(random, 0.03, 0.14)),
    knot(0.48, 0),
    knot(0.5 - top, waistY * 0.45),
    knot(0.48, waistY - 0.02),
    knot(0.5 + bottom, (1 + waistY) / 2 + 0.02),
  ];
  const up = [
    knot(0.5, 1),
    knot(0.5 - bottom, (1 + waistY) / 2 + 0.02),
    knot(0.5, waistY + 0.02),
    knot(0.5 + top, waistY * 0.5),
    knot(startX + between(random, -0.06, 0.14), between(random, 0, 0.1)),
  ];
  return [[...down, ...up]];
}

/** An 8 of two ovals. */
function eightOfOvals(random: Random): Stroke[] {
  const waistY = between(random, 0.42, 0.52);
  const top = between(random, 0.18, 0.28);
  const bottom = between(random, 0.22, 0.34);
  const upper = arc(
    0.5,
    waistY / 2,
    top,
    waistY / 2,
    between(random, -0.3, -0.15),
    -between(random, 0.92, 1.06),
  );
  const lower = arc(0.5, (1 + waistY) / 2, bottom, (1 - waistY) / 2, -0.25, -between(random, 0.95, 1.06));
  return [upper, lower];
}

/** The loop of a 9, from its upper right round to the same side. */
function nineLoop(random: Random, right: number, loopBottom: number): Knot[] {
  const left = between(random, 0.12, 0.26);
  const start = between(random, -0.2, -0.06);
  return arc(
    (left + right) / 2,
    loopBottom / 2,
    (right - left) / 2,
    loopBottom / 2,
    start,
    -between(random, 0.86, 0.98) - start,
  );
}

/** A 9 with a stem. */
function nine(random: Random): Stroke[] {
  const right = between(random, 0.66, 0.8);
  const loopBottom = between(random, 0.36, 0.54);
  const loop = nineLoop(random, right, loopBottom);
  const stemX = right - between(random, -0.02, 0.2);
  return [
    [...loop, corner(right, between(random, 0.06, 0.2)), knot((right + stemX) / 2, 0.55), knot(stemX, 1)],
  ];
}

/** A 9 whose tail turns to the left, like a 6 upside down. */
function nineCurved(random: Random): Stroke[] {
  const right = between(random, 0.68, 0.82);
  const loopBottom = between(random, 0.42, 0.56);
  const loop = nineLoop(random, right, loopBottom);
  const tail = [
    knot(right + 0.01, 0.45),
    knot(right - 0.05, 0.78),
    knot(0.5, 0.98),
    knot(between(random, 0.16, 0.3), between(random, 0.86, 0.96)),
  ];
  return [[...loop, corner(right, between(random, 0.14, 0.24)), ...tail]];
}

/** For each digit, the ways to write it. */
export const fiveToNine: readonly (readonly Variant[])[] = [
  [
    { weight: 3, skeleton: five },
    { weight: 3, skeleton: fiveWithBar },
    { weight: 1, skeleton: fiveRound },
  ],
  [
    { weight: 3, skeleton: six },
    { weight: 2, skeleton: sixStraight },
  ],
  [
    { weight: 5, skeleton: seven },
    { weight: 2, skeleton: sevenWithBar },
    { weight: 1, skeleton: sevenWithSerif },
  ],
  [
    { weight: 4, skeleton: eight },
    { weight: 1, skeleton: eightOfOvals },
  ],
  [
    { weight: 4, skeleton: nine },
    { weight: 1, skeleton: nineCurved },
  ],
];
