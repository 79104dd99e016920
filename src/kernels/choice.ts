// Choices: launches that compute the same, of which a device may like another one better than the one by default.
//
// Decides: how a choice is named, so that it can be kept and carried to another page, and which shapes share one.
// Leaves to others: which launches there are (each family's …Choices.ts), and timing them (runtime/tuner.ts).

import { assert } from "../base/assert.ts";
import type { Dispatch } from "./kernel.ts";

/** A launch with a name that is the same for all shapes of a class. */
export interface Candidate {
  readonly name: string;
  readonly dispatch: Dispatch;
}

/** What one launch is chosen from. */
export interface Choices {
  /** The family and the class of shapes: what has the same key is alike enough to want the same candidate. */
  readonly key: string;
  /** At least two, at most 8; first the one by default. All read and write the same ports in the same way. */
  readonly candidates: readonly Candidate[];
}

/** Who says that a class gets a certain candidate. */
export type ChoiceOrigin = "default" | "shipped" | "tuned" | "frozen";

/** A candidate's name by key; `KEEP_DEFAULT` where the default was found to be as good as any. Plain, to be kept as JSON. */
export type ChoiceNames = Readonly<Record<string, string>>;

/** What plans are made with: `ChoiceNames`, and who says so. */
export type ChoiceTable = Readonly<
  Record<string, { readonly name: string; readonly from: Exclude<ChoiceOrigin, "default"> }>
>;

/** Stands for the default of each shape, which may not be the same for all shapes of a class. */
export const KEEP_DEFAULT = "default";

const MOST_CANDIDATES = 8;

/**
 * What there is to choose from: `usual`, and those of `named` that are another launch. Undefined where there is none.
 * `sizes` are rounded, `flags` and the ports that are read by fours are not.
 */
export function choicesOf(
  family: string,
  sizes: readonly number[],
  flags: readonly string[],
  usual: Dispatch,
  named: Readonly<Record<string, Dispatch>>,
): Choices | undefined {
  const others = Object.entries(named).map(([name, dispatch]): Candidate => ({ name, dispatch }));
  const own = others.find(({ dispatch }) => isSameLaunch(dispatch, usual))?.name ?? "usual";
  const candidates: Candidate[] = [{ name: own, dispatch: usual }];
  for (const other of others) {
    if (!candidates.some(({ dispatch }) => isSameLaunch(dispatch, other.dispatch))) candidates.push(other);
  }
  assert(candidates.length <= MOST_CANDIDATES, `${family}: at most ${MOST_CANDIDATES} candidates`);
  if (candidates.length === 1) return undefined;
  const key = [family, sizes.map(sizeClass).join("x"), ...flags, `quads:${usual.aligned.join("")}`].join(" ");
  return { key, candidates };
}

/** The power of two nearest to `size` in ratio. */
export function sizeClass(size: number): number {
  return size < 1 ? 0 : 2 ** Math.round(Math.log2(size));
}

function isSameLaunch(a: Dispatch, b: Dispatch): boolean {
  return a.kernel === b.kernel && JSON.stringify(a.constants) === JSON.stringify(b.constants);
}
