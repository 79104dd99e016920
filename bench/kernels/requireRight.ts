// The check of a rung's result against float64.
//
// Decides: which elements are compared. That every element was written is seen by the NaN that it began as.

import { noise } from "../noise.ts";
import type { LadderProblem } from "./rung.ts";

/** Results up to this size are checked element by element. */
const smallResult = 40_000;
const checkedElements = 2000;

/** Throws where an element was not written, or one of those that are checked is wrong. */
export function requireRight(
  result: ArrayLike<number>,
  { outputElements, at }: Pick<LadderProblem, "outputElements" | "at">,
): void {
  if (result.length !== outputElements) {
    throw new Error(`wrong: ${result.length} elements; there are ${outputElements}.`);
  }
  for (let index = 0; index < outputElements; index++) {
    if (Number.isNaN(result[index])) throw new Error(`wrong: element ${index} is NaN, or was never written.`);
  }
  for (const index of checkedIndices(outputElements)) {
    const { value, tolerance } = at(index);
    if (Math.abs(result[index] - value) <= tolerance) continue;
    const bar = tolerance.toPrecision(2);
    throw new Error(`wrong: element ${index} is ${result[index]}; it is ${value} within ${bar}.`);
  }
}

/** All where there are few, else the first, the last and a seeded choice, in order. */
function checkedIndices(count: number): Iterable<number> {
  if (count <= smallResult) return Array.from({ length: count }, (_, index) => index);
  const chosen = Array.from(noise(checkedElements, 0, 1, count), (share) => Math.floor(share * count));
  return [...new Set([0, ...chosen.map((index) => Math.min(index, count - 1)), count - 1])].sort(
    (a, b) => a - b,
  );
}
