// Random programs of 5 to 20 ops over small whole numbers, on which every way of computing must agree to the bit.
//
// Decides: which ops. Those that keep whole numbers whole, forward and backward; what grows is clamped, so that every sum
// stays below 2^24, where f32 is exact in any order.

import { type Random, seededRandom } from "../../src/data/seededRandom.ts";
import type { Value } from "../../src/graph/node.ts";
import {
  add,
  broadcastTo,
  clamp,
  concat,
  gather,
  greater,
  matmul,
  maxPool2d,
  minimum,
  mul,
  neg,
  permute,
  relu,
  reshape,
  slice,
  sub,
  sum,
  transpose,
  where,
} from "../../src/ops/index.ts";

/** A program of two inputs, [rows, rows] and [rows]. */
export interface Program {
  readonly name: string;
  readonly rows: number;
  run<T extends Value>(inputs: Inputs<T>): T;
}

export interface Inputs<T> {
  readonly square: T;
  readonly row: T;
  /** Whole numbers from 0 and below `rows`, of square's shape. */
  readonly index: T;
}

type Step = <T extends Value>(values: readonly T[], inputs: Inputs<T>) => T;

/** Program number `seed`. */
export function drawProgram(seed: number): Program {
  const random = seededRandom(11, seed);
  const rows = 4 + 2 * Math.floor(random() * 5);
  const steps = Array.from({ length: 5 + Math.floor(random() * 16) }, () => drawStep(random, rows));
  return {
    name: `program ${seed}: ${steps.length} ops on ${rows} x ${rows}`,
    rows,
    run(inputs) {
      const values = [inputs.square];
      for (const step of steps) values.push(step(values, inputs));
      // All that nothing reads would be dropped.
      return values.reduce((total, value) => clamp(add(total, value), bounds));
    },
  };
}

const bounds = { min: -8, max: 8 };

/** One op from a matrix, or two, that were made before to another of the same shape. */
function drawStep(random: Random, rows: number): Step {
  const makers: readonly ((random: Random, rows: number) => Step)[] = [
    binary((a, b) => add(a, b)),
    binary((a, b) => sub(a, b)),
    binary((a, b) => clamp(mul(a, b), bounds)),
    binary((a, b) => where(greater(a, b), b, sub(a, 1))),
    binary((a, b) => clamp(matmul(a, b), bounds)),
    binary((a, b) => clamp(matmul(transpose(a), b), bounds)),
    binary((a, b) => clamp(matmul(a, transpose(b)), bounds)),
    unary((x) => relu(x)),
    unary((x) => neg(x)),
    unary((x) => transpose(x)),
    unary((x) => minimum(x, 2.5)),
    unary((x) => clamp(add(x, sum(x, { axis: 1, keepDims: true })), bounds)),
    unary((x) => clamp(sub(sum(x, { axis: 0, keepDims: true }), x), bounds)),
    unary((x) => slice(x, { steps: [-1, 1] })),
    unary((x) => broadcastTo(slice(x, { starts: [1], ends: [2] }), x.shape)),
    () => (values, inputs) => add(values[values.length - 1], inputs.row),
    () => (values, inputs) => clamp(gather(values[values.length - 1], inputs.index, { axis: 0 }), bounds),
    halves,
    regrouped,
    pooled,
  ];
  return makers[Math.floor(random() * makers.length)](random, rows);
}

function pick(random: Random): <T>(values: readonly T[]) => T {
  const at = random();
  // The last ones more often: programs become deep.
  return (values) => values[values.length - 1 - Math.floor(at * at * values.length)];
}

function unary(op: <T extends Value>(x: T) => T): (random: Random) => Step {
  return (random) => {
    const one = pick(random);
    return (values) => op(one(values));
  };
}

function binary(op: <T extends Value>(a: T, b: T) => T): (random: Random) => Step {
  return (random) => {
    const [one, other] = [pick(random), pick(random)];
    return (values) => op(one(values), other(values));
  };
}

/** The halves of two matrices side by side. */
function halves(random: Random, rows: number): Step {
  const [one, other] = [pick(random), pick(random)];
  const axis = random() < 0.5 ? 0 : 1;
  const half = (starts: number) => ({
    starts: axis === 0 ? [starts] : [0, starts],
    ends: axis === 0 ? [starts + rows / 2] : [rows, starts + rows / 2],
  });
  return (values) => concat([slice(one(values), half(rows / 2)), slice(other(values), half(0))], { axis });
}

/** Through four axes and back. */
function regrouped(random: Random, rows: number): Step {
  const one = pick(random);
  const parts = [2, rows / 2, 2, rows / 2];
  return (values) => reshape(permute(reshape(one(values), parts), [2, 1, 0, 3]), [rows, rows]);
}

/** Maxima of windows of one element in each row and three in each column. */
function pooled(random: Random, rows: number): Step {
  const one = pick(random);
  return (values) => {
    const picture = reshape(one(values), [1, 1, rows, rows]);
    return reshape(maxPool2d(picture, [3, 1], { stride: 1, padding: [1, 0] }), [rows, rows]);
  };
}
