// Shapes, views and axes at random: what families of cases at random shapes are made of. All are drawn by fast-check, so
// that a case which fails is brought down to a small one.
//
// Decides: how often sizes are 0 and 1, how large cases are, in which views tensors are seen. Every draw is by itself, and
// what depends on another is worked out from both, so that each can shrink: the first choice is the simplest one.
// Leaves to others: what an op makes of it (random*.ts), and what is checked (randomCases.ts).

import * as fc from "fast-check";
import type { Value } from "../../src/graph/node.ts";
import { permute, slice } from "../../src/ops/index.ts";
import { elementCount, printShape, type Shape } from "../../src/tensor/shape.ts";
import type { InputSpec, OpCase } from "./opCase.ts";

/** A case at a random shape. */
export interface RandomCase extends OpCase {
  /** What the first input's numbers must become, by a definition that shares nothing with the op. */
  readonly rule?: (data: Float64Array) => readonly number[];
}

/** The cases of an op. */
export type Cases = fc.Arbitrary<RandomCase>;

const MOST_ELEMENTS = 200;
const MOST_RANK = 4;

/** `drawn` made a case of: one that is shown by its name, and whose numbers are spread evenly. */
export function casesOf<T>(drawn: fc.Arbitrary<T>, caseOf: (value: T) => RandomCase): Cases {
  return fc.noBias(
    drawn.map((value) => {
      const opCase = caseOf(value);
      return Object.assign(opCase, { [fc.toStringMethod]: () => opCase.name });
    }),
  );
}

/** A size: `least` (0) rarely, 1 rather often, else up to `most`. */
export function size(least = 0, most = 9): fc.Arbitrary<number> {
  return fc
    .nat(1 + 2 * most)
    .map((drawn) => (drawn === 0 ? least : Math.max(least, drawn < 4 ? 1 : drawn >> 1)));
}

/** What shapes may be. */
export interface ShapeLimits {
  readonly leastRank?: number;
  readonly mostRank?: number;
  readonly leastSize?: number;
  readonly mostElements?: number;
}

export function shapes({
  leastRank = 0,
  mostRank = MOST_RANK,
  leastSize = 0,
  mostElements = MOST_ELEMENTS,
}: ShapeLimits = {}): fc.Arbitrary<Shape> {
  return fc
    .array(size(leastSize), { minLength: leastRank, maxLength: mostRank, size: "max" })
    .filter((shape) => elementCount(shape) <= mostElements);
}

/** A tensor of `stored`, and what an op sees of it. */
export interface Seen {
  readonly name: string;
  readonly stored: Shape;
  readonly shape: Shape;
  readonly view: <T extends Value>(x: T) => T;
  /** Where the element that is seen at `index` is stored. */
  readonly placeOf: (index: readonly number[]) => number;
}

/** Row-major. */
function offsetOf(shape: Shape, index: readonly number[]): number {
  return index.reduce((offset, at, axis) => offset * shape[axis] + at, 0);
}

/** Every index of `shape`, row-major. */
export function indicesOf(shape: Shape): number[][] {
  return shape.reduce<number[][]>(
    (found, size) => found.flatMap((index) => Array.from({ length: size }, (_, at) => [...index, at])),
    [[]],
  );
}

const plain = 4;
const permuted = 7;
const viewKinds = 9;
/** A number for each axis that there may be. */
const perAxis = <T>(one: fc.Arbitrary<T>) => fc.tuple(one, one, one, one);

/** A tensor itself, its axes in another order, or every so many elements of it, forwards or backwards. */
export function seen(limits?: ShapeLimits): fc.Arbitrary<Seen> {
  const steps = fc.constantFrom(1, 2, -1, -2, 3);
  return fc.tuple(shapes(limits), fc.nat(viewKinds), perAxis(fc.nat(9)), perAxis(steps)).map(asSeen);
}

function asSeen([stored, kind, ranks, drawnSteps]: [Shape, number, number[], number[]]): Seen {
  const text = printShape(stored);
  if (kind < plain || stored.length === 0) {
    return { name: text, stored, shape: stored, view: (x) => x, placeOf: (index) => offsetOf(stored, index) };
  }
  if (kind < permuted) {
    const order = [...stored.keys()].sort((a, b) => ranks[a] - ranks[b]);
    const inStored = (index: readonly number[]) => stored.map((_, axis) => index[order.indexOf(axis)]);
    return {
      name: `${text} permuted by ${printShape(order)}`,
      stored,
      shape: order.map((axis) => stored[axis]),
      view: (x) => permute(x, order),
      placeOf: (index) => offsetOf(stored, inStored(index)),
    };
  }
  const steps = drawnSteps.slice(0, stored.length);
  const inStored = (at: number, axis: number) => at * steps[axis] + (steps[axis] < 0 ? stored[axis] - 1 : 0);
  return {
    name: `${text} in steps of ${printShape(steps)}`,
    stored,
    shape: stored.map((length, axis) => Math.ceil(length / Math.abs(steps[axis]))),
    view: (x) => slice(x, { steps }),
    placeOf: (index) => offsetOf(stored, index.map(inStored)),
  };
}

/** Of a shape what remains where some axes are 1 or, in front, missing: a shape that broadcasts to it. */
export const narrowed: fc.Arbitrary<(shape: Shape) => Shape> = fc
  .tuple(fc.nat(9), fc.nat(MOST_RANK), perAxis(fc.nat(3)))
  .map(([isShorter, dropped, ones]) => (shape: Shape) => {
    const kept = shape.map((length, axis) => (ones[axis] === 3 ? 1 : length));
    return isShorter < 7 ? kept : kept.slice(dropped);
  });

/** One axis of so many, counted from either end. */
export const anAxis: fc.Arbitrary<(rank: number) => number> = fc.tuple(fc.nat(11), fc.boolean()).map(
  ([drawn, fromEnd]) =>
    (rank: number) =>
      (drawn % rank) - (fromEnd ? rank : 0),
);

/** Any axes of so many. */
export const someAxes: fc.Arbitrary<(rank: number) => number[]> = perAxis(fc.boolean()).map(
  (chosen) => (rank: number) => [...Array(rank).keys()].filter((axis) => chosen[axis]),
);

/** Whole numbers of which no two are alike, in no order: nothing ties, and sums of them are exact. */
export function distinct(shape: Shape): InputSpec {
  const values = Array.from({ length: elementCount(shape) }, (_, at) => ((at * 611) % 4093) - 2000);
  return { shape, integers: true, values };
}
