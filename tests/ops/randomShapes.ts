// Cases at random shapes: what holds at one shape must hold at all of them, empty ones and views included.

import type { Random } from "../../src/data/seededRandom.ts";
import type { Value } from "../../src/graph/node.ts";
import type { BinaryOp, UnaryOp } from "../../src/ops/defineElementwise.ts";
import { matmul, permute, slice, where } from "../../src/ops/index.ts";
import type { AxisOptions } from "../../src/ops/reduction.ts";
import { elementCount, printShape, type Shape } from "../../src/tensor/shape.ts";
import type { Tolerance } from "../setup/tolerances.ts";
import { exact } from "./families.ts";
import type { InputSpec, OpCase } from "./opCase.ts";

/** Makes one case of an op. */
export type DrawCase = (random: Random) => OpCase;

const MOST_ELEMENTS = 600;

/** A whole number from `low` up to and without `high`. */
function below(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low));
}

/** A size: up to 9, 1 rather often, 0 rarely and never where `least` forbids it. */
function drawSize(random: Random, least: number): number {
  const kind = random();
  if (kind < 0.05) return least;
  return kind < 0.2 ? 1 : below(random, 2, 10);
}

function drawShape(random: Random, leastRank: number, leastSize: number): number[] {
  for (;;) {
    const shape = Array.from({ length: below(random, leastRank, 5) }, () => drawSize(random, leastSize));
    if (elementCount(shape) <= MOST_ELEMENTS) return shape;
  }
}

/** A way of looking at a tensor, and the shape that is then seen. */
interface View {
  readonly name: string;
  readonly shape: Shape;
  readonly apply: <T extends Value>(x: T) => T;
}

/** The tensor itself, its axes in another order, or every so many elements of it, forwards or backwards. */
function drawView(random: Random, shape: Shape): View {
  const kind = random();
  if (kind < 0.4 || shape.length === 0) return { name: "", shape, apply: (x) => x };
  if (kind < 0.7) {
    const order = [...shape.keys()];
    for (let last = order.length - 1; last > 0; last--) {
      const other = below(random, 0, last + 1);
      [order[last], order[other]] = [order[other], order[last]];
    }
    const seen = order.map((axis) => shape[axis]);
    return { name: ` permuted by ${printShape(order)}`, shape: seen, apply: (x) => permute(x, order) };
  }
  const steps = shape.map(() => [1, 1, 2, -1, -2, 3][below(random, 0, 6)]);
  const seen = shape.map((size, axis) => Math.ceil(size / Math.abs(steps[axis])));
  return { name: ` in steps of ${printShape(steps)}`, shape: seen, apply: (x) => slice(x, { steps }) };
}

/** Numbers and bars of an op. */
export interface OpBars extends Pick<OpCase, "tolerance" | "gradientTolerance" | "withoutGradient"> {
  readonly low?: number;
  readonly high?: number;
  readonly integers?: true;
}

/** Cases of an op of one input that keeps the shape. */
export function unaryAt(
  op: UnaryOp,
  { tolerance, gradientTolerance, withoutGradient, ...drawn }: OpBars,
): DrawCase {
  return (random) => {
    const shape = drawShape(random, 0, 0);
    const view = drawView(random, shape);
    return {
      name: `${printShape(shape)}${view.name}`,
      inputs: [{ ...drawn, shape }],
      apply: (x) => op(view.apply(x)),
      shape: view.shape,
      tolerance,
      gradientTolerance,
      withoutGradient,
    };
  };
}

/** What remains of `shape` where some axes are 1 or, in front, missing: a shape that broadcasts to it. */
function drawNarrower(random: Random, shape: Shape): number[] {
  const dropped = random() < 0.3 ? below(random, 0, shape.length + 1) : 0;
  return shape.slice(dropped).map((size) => (random() < 0.25 ? 1 : size));
}

/** Bars of an op of two inputs; `summed` is the bar of a gradient that is summed over so many elements. */
export interface BinaryBars extends OpBars {
  readonly second?: Pick<InputSpec, "low" | "high">;
  readonly summed?: (length: number) => Tolerance;
}

/** Cases of an op of two inputs that broadcast. */
export function binaryAt(op: BinaryOp, bars: BinaryBars): DrawCase {
  const { tolerance, withoutGradient, summed = () => tolerance, second, ...drawn } = bars;
  return (random) => {
    const shape = drawShape(random, 0, 0);
    const [a, b] =
      random() < 0.5 ? [shape, drawNarrower(random, shape)] : [drawNarrower(random, shape), shape];
    const view = drawView(random, a);
    // Seen through a view the first input no longer fits, but with itself.
    const isAlone = view.name !== "";
    return {
      name: `${printShape(a)}${view.name} and ${printShape(isAlone ? view.shape : b)}`,
      inputs: [
        { ...drawn, shape: a },
        { ...drawn, ...second, shape: isAlone ? view.shape : b },
      ],
      apply: (x, y) => op(view.apply(x), y),
      shape: isAlone ? view.shape : shape,
      tolerance,
      gradientTolerance: summed(Math.max(1, elementCount(shape))),
      withoutGradient,
    };
  };
}

/** Cases of a choice by a third input; all three broadcast. */
export const whereAt: DrawCase = (random) => {
  const shape = drawShape(random, 0, 0);
  const [condition, a, b] = [0, 1, 2].map((place) => (place === 0 ? shape : drawNarrower(random, shape)));
  return {
    name: `${[condition, a, b].map(printShape).join(" and ")}`,
    inputs: [
      { shape: condition, dtype: "bool" },
      { shape: a, integers: true },
      { shape: b, integers: true },
    ],
    apply: (chooses, x, y) => where(chooses, x, y),
    shape,
    tolerance: exact,
  };
};

/** Bars of a reduction over so many elements. */
export interface ReductionBars {
  readonly value: (length: number) => Tolerance;
  readonly gradient?: (length: number) => Tolerance;
  readonly integers?: true;
  /** Whether nothing may be reduced. */
  readonly ofNothing: boolean;
}

/** Cases of a reduction over any axes. */
export function reductionAt(
  op: <T extends Value>(x: T, options: AxisOptions) => T,
  { value, gradient, integers, ofNothing }: ReductionBars,
): DrawCase {
  return (random) => {
    const shape = drawShape(random, 0, ofNothing ? 0 : 1);
    const view = drawView(random, shape);
    const axes = [...shape.keys()].filter(() => random() < 0.5);
    const keepDims = random() < 0.5;
    const options = random() < 0.2 ? { keepDims } : { axis: axes, keepDims };
    const reduced = options.axis ?? [...shape.keys()];
    const length = elementCount(reduced.map((axis) => view.shape[axis]));
    return {
      name: `${printShape(shape)}${view.name} over ${printShape(reduced)}${keepDims ? ", kept" : ""}`,
      inputs: [{ shape, integers }],
      apply: (x) => op(view.apply(x), options),
      shape: view.shape.flatMap((size, axis) => (!reduced.includes(axis) ? [size] : keepDims ? [1] : [])),
      tolerance: value(Math.max(1, length)),
      gradientTolerance: gradient?.(Math.max(1, length)),
      withoutGradient: gradient === undefined ? true : undefined,
    };
  };
}

/** Cases of an op along one axis that keeps the shape. */
export function alongAxisAt(
  op: <T extends Value>(x: T, options: { readonly axis: number }) => T,
  tolerance: Tolerance,
): DrawCase {
  return (random) => {
    const shape = drawShape(random, 1, 0);
    const view = drawView(random, shape);
    const axis = below(random, -shape.length, shape.length);
    return {
      name: `${printShape(shape)}${view.name} along ${axis}`,
      inputs: [{ shape, low: -5, high: 5 }],
      apply: (x) => op(view.apply(x), { axis }),
      shape: view.shape,
      tolerance,
    };
  };
}

/** Cases of a matrix product: vectors, matrices and batches that broadcast, either side transposed or not. */
export const matmulAt: DrawCase = (random) => {
  const [m, k, n] = [0, 0, 0].map((least) => drawSize(random, least));
  const batch = Array.from({ length: below(random, 0, 3) }, () => Math.min(4, drawSize(random, 0)));
  const [flipA, flipB] = [random() < 0.4, random() < 0.4];
  const vectorA = !flipA && random() < 0.15;
  const vectorB = !flipB && random() < 0.15;
  const [batchA, batchB] =
    random() < 0.5 ? [batch, drawNarrower(random, batch)] : [drawNarrower(random, batch), batch];
  const a = vectorA ? [k] : [...batchA, ...(flipA ? [k, m] : [m, k])];
  const b = vectorB ? [k] : [...batchB, ...(flipB ? [n, k] : [k, n])];
  const swapped = <T extends Value>(x: T) =>
    permute(x, [...x.shape.keys()].slice(0, -2).concat([x.shape.length - 1, x.shape.length - 2]));
  const leading = vectorA && vectorB ? [] : vectorA ? batchB : vectorB ? batchA : batch;
  return {
    name: `${printShape(a)}${flipA ? " transposed" : ""} times ${printShape(b)}${flipB ? " transposed" : ""}`,
    inputs: [
      { shape: a, integers: true, low: -4, high: 5 },
      { shape: b, integers: true, low: -4, high: 5 },
    ],
    apply: (x, y) => matmul(flipA ? swapped(x) : x, flipB ? swapped(y) : y),
    shape: [...leading, ...(vectorA ? [] : [m]), ...(vectorB ? [] : [n])],
    tolerance: exact,
  };
};
