// How the ten digits are written: chooses one of the ways in which people move the pen.
//
// Leaves to zeroToFour and fiveToNine the ways themselves, to generateDigits what one hand makes of them.

import { fiveToNine } from "./fiveToNine.ts";
import type { Stroke } from "./penStrokes.ts";
import type { Random } from "./seededRandom.ts";
import { zeroToFour } from "./zeroToFour.ts";

const skeletons = [...zeroToFour, ...fiveToNine];

/** Strokes of `digit`, 0 to 9, in a way chosen by `random`. */
export function digitStrokes(digit: number, random: Random): Stroke[] {
  const variants = skeletons[digit];
  let rest = random() * variants.reduce((sum, { weight }) => sum + weight, 0);
  for (const { weight, skeleton } of variants) {
    rest -= weight;
    if (rest < 0) return skeleton(random);
  }
  return variants[0].skeleton(random);
}
