// Ops that move elements, at random shapes: whole numbers in, so that values and gradients are exact, sums of them too.

import * as fc from "fast-check";
import type { Value } from "../../src/graph/node.ts";
import * as ops from "../../src/ops/index.ts";
import { printShape } from "../../src/tensor/shape.ts";
import { exact } from "./families.ts";
import { anAxis, type Cases, casesOf, type ShapeLimits, seen, someAxes } from "./randomShapes.ts";

/** What an op of a tensor may draw beside it: an axis from 0, another, several, and numbers from 0 to 9. */
interface Draws {
  readonly axis: number;
  readonly other: number;
  readonly axes: number[];
  /** x's size along `axis`. */
  readonly length: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

type Move = <T extends Value>(x: T, draws: Draws) => T;

/** Any shape. */
const anyShape: Readonly<Record<string, Move>> = {
  broadcastTo: (x, { a, b }) => ops.broadcastTo(x, [a % 3, ...x.shape.map((n) => (n === 1 ? b % 4 : n))]),
  expand: (x, { a, b }) => ops.expand(x, [a % 3, ...x.shape.map((n) => (n === 1 ? b % 4 : -1))]),
  flatten: (x) => ops.flatten(x),
  repeat: (x, { a, b }) => ops.repeat(x, [a % 3, ...x.shape.map((_, axis) => 1 + ((b >> axis) % 2))]),
  reshape: (x) => ops.reshape(x, [1, ...x.shape.filter((n) => n !== 1).reverse()]),
  squeeze: (x) => ops.squeeze(x),
  stack: (x, { a }) => ops.stack([x, ops.neg(x), x], { axis: a % (x.shape.length + 1) }),
  tile: (x, { a, b }) => ops.tile(x, [1 + (a % 2), b % 3]),
  unsqueeze: (x, { a }) => ops.unsqueeze(x, a % (x.shape.length + 1)),
};

/** At least one axis. */
const ofAxes: Readonly<Record<string, Move>> = {
  chunk: (x, { axis, a }) => ops.concat(ops.chunk(x, 1 + a, { axis }).reverse(), { axis }),
  concat: (x, { axis, length }) => ops.concat([x, ops.narrow(x, axis, 0, length >> 1), ops.neg(x)], { axis }),
  embed: (x, { axis, length, a, b, c }) =>
    ops.embed(x, { axis, size: a + (1 + (b % 3)) * length + c, start: a, step: 1 + (b % 3) }),
  flip: (x, { axes }) => ops.flip(x, axes),
  moveAxis: (x, { axis, other }) => ops.moveAxis(x, axis, other),
  narrow: (x, { axis, length, a, b }) => {
    const start = Math.min(a, length);
    return ops.narrow(x, axis, start, Math.min(b, length - start));
  },
  pad: (x, { axis, length, a, b, c }) => {
    const isLeast = (least: number) => Math.max(0, Math.min(length - least, a % 4));
    const around = (front: number, behind: number) => {
      const padding = [...Array(2 * (x.shape.length - axis)).fill(0)];
      return [...padding.slice(0, -2), front, behind];
    };
    const mode = (["constant", "reflect", "replicate", "circular"] as const)[length === 0 ? 0 : c % 4];
    if (mode === "constant") return ops.pad(x, around((a % 5) - (length > 1 ? 1 : 0), b % 4), { value: 7 });
    const least = mode === "reflect" ? 1 : 0;
    return ops.pad(x, around(isLeast(least), Math.min(b % 3, length - least)), { mode });
  },
  permute: (x, { a }) =>
    ops.permute(x, [...x.shape.keys(), ...x.shape.keys()].slice(a % x.shape.length).slice(0, x.shape.length)),
  repeatInterleave: (x, { axis, length, a, b }) =>
    ops.repeatInterleave(x, a < 5 ? a % 3 : Array.from({ length }, (_, at) => (at + b) % 3), { axis }),
  roll: (x, { axis, a, b }) => ops.roll(x, a - 4, b < 3 ? {} : { axis }),
  slice: (x, { axis, a, b, c }) => {
    const at = <V>(value: V) => x.shape.map((_, other) => (other === axis ? value : undefined));
    return ops.slice(x, { starts: at(a % 4), ends: at(b + 2), steps: x.shape.map(() => 1 + (c % 3)) });
  },
  split: (x, { axis, a }) => ops.concat(ops.split(x, 1 + a, { axis }).reverse(), { axis }),
  swapAxes: (x, { axis, other }) => ops.swapAxes(x, axis, other),
  unflatten: (x, { axis, length, a }) =>
    ops.unflatten(x, axis, length > 0 && length % (1 + a) === 0 ? [1 + a, -1] : [length, 1]),
  unfold: (x, { axis, length, a, b }) => ops.unfold(x, axis, Math.min(length, 1 + (a % 4)), 1 + (b % 3)),
};

/** At least one axis, and no size of 0. */
const ofElements: Readonly<Record<string, Move>> = {
  select: (x, { axis, length, a }) => ops.select(x, axis, (a % length) - (a > 6 ? length : 0)),
  unbind: (x, { axis }) => ops.stack(ops.unbind(x, { axis }).reverse(), { axis: 0 }),
};

/** At least two axes. */
const ofMatrices: Readonly<Record<string, Move>> = {
  diagEmbed: (x, { a }) => ops.diagEmbed(x, { offset: (a % 5) - 2 }),
  diagonal: (x, { a, axis, other }) =>
    axis === other
      ? ops.diagonal(x, { offset: 0, axis1: -2, axis2: -1 })
      : ops.diagonal(x, { offset: (a % 3) - 1, axis1: axis, axis2: other }),
  rot90: (x, { axis, a, b }) =>
    ops.rot90(x, { k: a - 4, axes: [axis, (axis + 1 + (b % (x.shape.length - 1))) % x.shape.length] }),
  transpose: (x, { axis, other }) => ops.transpose(x, axis, other),
  tril: (x, { a }) => ops.tril(x, { diagonal: a - 4 }),
  triu: (x, { a }) => ops.triu(x, { diagonal: a - 4 }),
};

/** One axis or two. */
const ofDiagonals: Readonly<Record<string, Move>> = {
  diag: (x, { a }) => ops.diag(x, { offset: x.shape.some((n) => n < 3) ? 0 : (a % 5) - 2 }),
};

function moveAt(op: Move, limits: ShapeLimits): Cases {
  const number = fc.nat(9);
  const drawn = fc.tuple(
    seen({ mostElements: 120, ...limits }),
    anAxis,
    anAxis,
    someAxes,
    number,
    number,
    number,
  );
  return casesOf(drawn, ([x, axisOf, otherOf, axes, a, b, c]) => {
    const rank = x.shape.length;
    const place = (of: (rank: number) => number) => (rank === 0 ? 0 : (of(rank) + rank) % rank);
    const draws: Draws = {
      axis: place(axisOf),
      other: place(otherOf),
      axes: axes(rank),
      length: x.shape[place(axisOf)],
      a,
      b,
      c,
    };
    return {
      name: `${x.name} with ${JSON.stringify(draws)}`,
      inputs: [{ shape: x.stored, integers: true, low: -50, high: 50 }],
      apply: (value) => op(x.view(value), draws),
      tolerance: exact,
    };
  });
}

function moves(families: Readonly<Record<string, Move>>, limits: ShapeLimits): Record<string, Cases> {
  return Object.fromEntries(Object.entries(families).map(([name, op]) => [name, moveAt(op, limits)]));
}

/** Channels of r x r, and images of whole squares. */
function shuffleAt(op: <T extends Value>(x: T, factor: number) => T, isBack: boolean): Cases {
  const small = fc.integer({ min: 1, max: 3 });
  return casesOf(fc.tuple(seen({ leastRank: 3, mostElements: 40 }), small), ([x, factor]) => {
    const [channels, ...image] = x.shape.slice(-3);
    const larger = isBack ? [channels, ...image.map((n) => n * factor)] : [channels * factor ** 2, ...image];
    const shape = [...x.shape.slice(0, -3), ...larger];
    return {
      name: `${printShape(shape)} by ${factor}`,
      inputs: [{ shape, integers: true }],
      apply: (value) => op(value, factor),
      tolerance: exact,
    };
  });
}

const meshgrid: Cases = casesOf(fc.tuple(fc.nat(7), fc.nat(7), fc.boolean()), ([n, m, isXy]) => ({
  name: `rows of ${n} and ${m}${isXy ? ", xy" : ""}`,
  inputs: [n, m].map((length) => ({ shape: [length], integers: true })),
  apply: (...given) => {
    const [a, b] = ops.meshgrid(given, { indexing: isXy ? "xy" : "ij" });
    return ops.sub(a, b);
  },
  tolerance: exact,
}));

/** Differences see through it. */
const detach: Cases = casesOf(seen(), ({ name, stored, shape, view }) => ({
  name,
  inputs: [{ shape: stored }],
  apply: (value) => ops.detach(view(value)),
  shape,
  tolerance: exact,
  withoutGradient: true,
}));

export const movement: Readonly<Record<string, Cases>> = {
  detach,
  ...moves(anyShape, {}),
  ...moves(ofAxes, { leastRank: 1 }),
  ...moves(ofElements, { leastRank: 1, leastSize: 1 }),
  ...moves(ofMatrices, { leastRank: 2 }),
  ...moves(ofDiagonals, { leastRank: 1, mostRank: 2 }),
  pixelShuffle: shuffleAt(ops.pixelShuffle, false),
  pixelUnshuffle: shuffleAt(ops.pixelUnshuffle, true),
  meshgrid,
};
