// How people write 0, 1, 2, 3 and 4.
//
// Decides: the strokes and their natural variation: how round, how open, how long.
// Leaves to generateDigits: slant, size, pen, distortion.

import { arc, between, bowl, corner, type Knot, knot, type Stroke, type Variant } from "./penStrokes.ts";
import type { Random } from "./seededRandom.ts";

/** An oval that may not quite close, or close with a little overlap. */
function zero(random: Random): Stroke[] {
  const rx = between(random, 0.22, 0.48);
  const start = between(random, -0.33, -0.16);
  return [arc(0.5, 0.5, rx, 0.5, start, -between(random, 0.95, 1.06))];
}

/** An oval that starts with a hook inside. */
function zeroWithHook(random: Random): Stroke[] {
  const rx = between(random, 0.28, 0.44);
  const hook = knot(0.5 + rx * between(random, 0.2, 0.7), between(random, 0.1, 0.22));
  return [[hook, ...arc(0.5, 0.5, rx, 0.5, -0.22, -between(random, 0.95, 1.05))]];
}

function one(random: Random): Stroke[] {
  const bend = between(random, -0.04, 0.04);
  return [[knot(0.5, 0), knot(0.5 + bend, 0.5), knot(0.5 + between(random, -0.03, 0.03), 1)]];
}

function oneWithFlag(random: Random): Stroke[] {
  const flagX = between(random, 0.26, 0.4);
  const flagY = between(random, 0.16, 0.36);
  return [
    [knot(flagX, flagY), corner(0.52, 0), knot(0.52 + between(random, -0.03, 0.03), 0.5), knot(0.5, 1)],
  ];
}

function oneWithFoot(random: Random): Stroke[] {
  const half = between(random, 0.14, 0.3);
  const tilt = between(random, -0.03, 0.03);
  const foot = [knot(0.5 - half, 1 + tilt), knot(0.5 + half, 1 - tilt)];
  const stem = random() < 0.8 ? oneWithFlag(random) : one(random);
  return [...stem, foot];
}

/** The arch of a 2, down to its lower left. */
function twoArch(random: Random, footY: number): Knot[] {
  const right = between(random, 0.74, 0.88);
  const startY = between(random, 0.14, 0.32);
  const topY = between(random, -0.02, 0.03);
  return [
    knot(between(random, 0.14, 0.28), startY),
    knot(0.34, topY + 0.07),
    knot(0.54, topY),
    knot(right - 0.04, 0.14),
    knot(right - 0.02, between(random, 0.28, 0.36)),
    knot(0.6, between(random, 0.54, 0.62)),
    knot(0.38, footY - 0.18),
  ];
}

function twoWithCorner(random: Random): Stroke[] {
  const footY = between(random, 0.93, 1);
  const left = between(random, 0.1, 0.22);
  const end = [knot(0.5, footY + between(random, -0.03, 0.02)), knot(between(random, 0.78, 1.12), footY)];
  return [[...twoArch(random, footY), corner(left, footY), ...end]];
}

function twoWithLoop(random: Random): Stroke[] {
  const footY = between(random, 0.9, 0.97);
  const lift = between(random, 0.1, 0.28);
  const loop = [
    knot(0.2, footY + 0.01),
    knot(0.1, footY - lift * 0.45),
    knot(0.2, footY - lift),
    knot(0.38, footY - lift * 0.5),
  ];
  const tail = [
    knot(0.6, footY + between(random, 0, 0.06)),
    knot(0.8, footY + 0.02),
    knot(between(random, 0.94, 1.16), footY + between(random, -0.12, 0.1)),
  ];
  return [[...twoArch(random, footY), ...loop, ...tail]];
}

/** A 2 whose foot is drawn on without a corner. */
function twoRound(random: Random): Stroke[] {
  const footY = between(random, 0.94, 1);
  const foot = [
    knot(0.2, footY - 0.05),
    knot(0.24, footY),
    knot(0.5, footY - 0.02),
    knot(between(random, 0.82, 1.08), footY - 0.03),
  ];
  return [[...twoArch(random, footY), ...foot]];
}

/** The upper bowl of a 3, from its start to where the middle is reached. */
function threeTop(random: Random, waistY: number): Knot[] {
  const right = between(random, 0.68, 0.82);
  return [
    knot(between(random, 0.16, 0.28), between(random, 0.1, 0.24)),
    knot(0.34, 0.03),
    knot(0.54, between(random, -0.02, 0.02)),
    knot(right - 0.03, 0.1),
    knot(right, 0.22),
    knot(right - 0.12, waistY - 0.06),
  ];
}

function three(random: Random): Stroke[] {
  const waistY = between(random, 0.42, 0.52);
  const waistX = between(random, 0.34, 0.54);
  const right = between(random, 0.78, 0.92);
  return [[...threeTop(random, waistY), corner(waistX, waistY), ...bowl(random, waistY, waistX, right)]];
}

/** A 3 that turns with a small loop in the middle. */
function threeWithLoop(random: Random): Stroke[] {
  const waistY = between(random, 0.44, 0.52);
  const waistX = between(random, 0.3, 0.42);
  const loop = [
    knot(waistX + 0.08, waistY - 0.02),
    knot(waistX, waistY + 0.05),
    knot(waistX + 0.1, waistY + 0.05),
  ];
  return [
    [
      ...threeTop(random, waistY),
      ...loop,
      ...bowl(random, waistY + 0.03, waistX, between(random, 0.78, 0.92)),
    ],
  ];
}

/** A 3 with a flat top and a diagonal. */
function threeFlat(random: Random): Stroke[] {
  const waistX = between(random, 0.38, 0.52);
  const waistY = between(random, 0.38, 0.46);
  const topRight = corner(between(random, 0.72, 0.86), between(random, -0.02, 0.04));
  const top = [knot(between(random, 0.16, 0.26), between(random, 0, 0.06)), topRight];
  return [[...top, corner(waistX, waistY), ...bowl(random, waistY, waistX, between(random, 0.78, 0.92))]];
}

/** A 4 with an open top: the left arm and bar, then the stem. */
function fourOpen(random: Random): Stroke[] {
  const barY = between(random, 0.5, 0.66);
  const stemX = between(random, 0.6, 0.74);
  const armX = between(random, 0.1, 0.3);
  const left = between(random, 0.08, 0.2);
  const arm = [knot(armX + 0.04, between(random, 0, 0.14)), knot((armX + left) / 2 + 0.02, barY * 0.6)];
  const bar = [
    knot(0.45, barY + 0.01),
    knot(between(random, stemX + 0.02, 0.96), barY + between(random, -0.05, 0.02)),
  ];
  const turn = random() < 0.6 ? corner(left, barY) : knot(left + 0.02, barY - 0.03);
  const stem = [
    knot(stemX, between(random, -0.02, 0.26)),
    knot(stemX - between(random, 0, 0.06), 0.55),
    knot(stemX - 0.05, 1),
  ];
  return [[...arm, turn, ...bar], stem];
}

/** A 4 with a closed top: the diagonal and bar, then the stem from the same point. */
function fourClosed(random: Random): Stroke[] {
  const barY = between(random, 0.56, 0.7);
  const stemX = between(random, 0.58, 0.7);
  const left = between(random, 0.04, 0.16);
  const diagonal = [knot(stemX, 0), knot((stemX + left) / 2, barY * 0.52), corner(left, barY)];
  const bar = [knot(0.5, barY), knot(between(random, 0.8, 0.98), barY - between(random, -0.02, 0.04))];
  const overshoot = between(random, -0.02, 0.06);
  return [
    [...diagonal, ...bar],
    [knot(stemX + overshoot, 0), knot(stemX, 0.5), knot(stemX - 0.02, 1)],
  ];
}

/** A 4 in one line: down, to the right, up, and down again. */
function fourInOneLine(random: Random): Stroke[] {
  const barY = between(random, 0.46, 0.58);
  const stemX = between(random, 0.66, 0.8);
  const cup = [
    knot(between(random, 0.16, 0.28), between(random, 0.02, 0.12)),
    knot(0.17, barY * 0.6),
    knot(0.24, barY - 0.02),
    knot(0.46, barY),
    knot(stemX - 0.05, barY * 0.66),
  ];
  return [[...cup, corner(stemX, between(random, 0, 0.1)), knot(stemX - 0.04, 0.5), knot(stemX - 0.08, 1)]];
}

/** For each digit, the ways to write it. */
export const zeroToFour: readonly (readonly Variant[])[] = [
  [
    { weight: 4, skeleton: zero },
    { weight: 1, skeleton: zeroWithHook },
  ],
  [
    { weight: 8, skeleton: one },
    { weight: 2, skeleton: oneWithFlag },
    { weight: 1, skeleton: oneWithFoot },
  ],
  [
    { weight: 3, skeleton: twoWithCorner },
    { weight: 3, skeleton: twoWithLoop },
    { weight: 2, skeleton: twoRound },
  ],
  [
    { weight: 6, skeleton: three },
    { weight: 1, skeleton: threeWithLoop },
    { weight: 1, skeleton: threeFlat },
  ],
  [
    { weight: 5, skeleton: fourOpen },
    { weight: 2, skeleton: fourClosed },
    { weight: 2, skeleton: fourInOneLine },
  ],
];
