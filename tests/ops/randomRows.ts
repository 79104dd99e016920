// Ops on rows at random shapes: what is reduced over axes, and what runs or ranks along one.

import * as fc from "fast-check";
import type { Value } from "../../src/graph/node.ts";
import * as ops from "../../src/ops/index.ts";
import type { AxisOptions } from "../../src/ops/reduction.ts";
import { elementCount, printShape, type Shape } from "../../src/tensor/shape.ts";
import type { Tolerance } from "../setup/tolerances.ts";
import { activation, exact, normalised, sums, ulps } from "./families.ts";
import type { InputSpec } from "./opCase.ts";
import {
  anAxis,
  type Cases,
  casesOf,
  distinct,
  indicesOf,
  type RandomCase,
  type Seen,
  seen,
  someAxes,
} from "./randomShapes.ts";
import { rowDefinitions } from "./rowDefinitions.ts";

/** How rows of so many elements are compared; without `gradient` they have none. */
interface RowBars {
  readonly value: (length: number) => Tolerance;
  readonly gradient?: (length: number) => Tolerance;
  readonly input?: Omit<InputSpec, "shape"> | typeof distinct;
  /** The fewest elements of a row. Default 0. */
  readonly least?: number;
}

type Reduction = <T extends Value>(x: T, options: AxisOptions) => T;
type AlongAxis = <T extends Value>(x: T, axis: number, options: { readonly keepDims: boolean }) => T;

const isExact: RowBars = { value: () => exact, gradient: () => exact, input: { integers: true } };
const isPicked: RowBars = { value: () => exact, gradient: () => ulps(3), least: 1 };
const isNormalised: RowBars = { value: () => normalised, gradient: () => normalised, least: 1 };
const isPlace: RowBars = { value: () => exact, input: { integers: true }, least: 1 };
const isTruth: RowBars = { value: () => exact, input: { dtype: "bool" } };
const factors: RowBars = { ...isNormalised, input: { low: 0.5, high: 1.5 } };
const isRanked: RowBars = { ...isExact, input: distinct };

/** Over any axes. */
const reductions: Readonly<Record<string, readonly [Reduction, RowBars]>> = {
  sum: [ops.sum, isExact],
  mean: [ops.mean, { value: sums, gradient: sums, least: 1 }],
  prod: [ops.prod, factors],
  max: [ops.max, isPicked],
  min: [ops.min, isPicked],
  argmax: [ops.argmax, isPlace],
  argmin: [ops.argmin, isPlace],
  any: [ops.any, isTruth],
  all: [ops.all, isTruth],
  countNonzero: [ops.countNonzero, isTruth],
  logSumExp: [ops.logSumExp, isNormalised],
  norm: [(x, options) => ops.norm(x, options), isNormalised],
  variance: [(x, options) => ops.variance(x, { ...options, correction: 0 }), isNormalised],
  // At one element the root stands at 0, where it has no slope.
  std: [(x, options) => ops.std(x, options), { ...isNormalised, least: 2 }],
};

/** Along one axis, whose size may become another. */
const alongAxis: Readonly<Record<string, readonly [AlongAxis, RowBars]>> = {
  softmax: [(x, axis) => ops.softmax(x, { axis }), { ...isNormalised, least: 0 }],
  logSoftmax: [(x, axis) => ops.logSoftmax(x, { axis }), { ...isNormalised, least: 0 }],
  softmin: [(x, axis) => ops.softmin(x, { axis }), { ...isNormalised, least: 0 }],
  normalize: [(x, axis) => ops.normalize(x, { axis }), isNormalised],
  glu: [
    (x, axis) => ops.glu(ops.concat([x, ops.neg(x)], { axis }), { axis }),
    { value: () => activation, gradient: () => activation },
  ],
  cumsum: [(x, axis) => ops.cumsum(x, axis), isExact],
  cumprod: [(x, axis) => ops.cumprod(x, axis), { ...factors, least: 0 }],
  cummax: [(x, axis) => ops.cummax(x, axis).values, isRanked],
  cummin: [(x, axis) => ops.cummin(x, axis).values, isRanked],
  logCumSumExp: [(x, axis) => ops.logCumSumExp(x, axis), { ...isNormalised, least: 0 }],
  linearScan: [
    (x, axis) => ops.linearScan(ops.mul(x, 0.5), x, axis),
    { ...isNormalised, least: 0, input: { low: 0.5, high: 1.5 } },
  ],
  sort: [(x, axis) => ops.sort(x, { axis }).values, isRanked],
  argsort: [(x, axis) => ops.argsort(x, { axis }), isTruth],
  topK: [(x, axis) => ops.topK(x, Math.ceil(x.shape.at(axis) ?? 0) >> 1, { axis }).values, isRanked],
  maxWithIndices: [(x, axis, options) => ops.maxWithIndices(x, { axis, ...options }).values, isPicked],
  minWithIndices: [(x, axis, options) => ops.minWithIndices(x, { axis, ...options }).values, isPicked],
  median: [(x, axis, options) => ops.median(x, { axis, ...options }).values, isPicked],
};

function reductionAt(name: string, op: Reduction, bars: RowBars): Cases {
  const { least = 0 } = bars;
  const drawn = fc
    .tuple(seen({ leastSize: Math.min(1, least) }), fc.nat(4), someAxes, fc.boolean())
    .map(([x, all, axes, keepDims]) => {
      const axis = all === 0 ? undefined : axes(x.shape.length);
      return { x, axis, keepDims, reduced: axis ?? [...x.shape.keys()] };
    })
    .filter(({ x, reduced }) => elementCount(reduced.map((axis) => x.shape[axis])) >= least);
  return casesOf(drawn, ({ x, axis, keepDims, reduced }) => ({
    name: `${x.name} over ${printShape(reduced)}${keepDims ? ", kept" : ""}`,
    inputs: [inputOf(bars, x.stored)],
    apply: (value) => op(x.view(value), { axis, keepDims }),
    shape: x.shape.flatMap((length, axis) => (!reduced.includes(axis) ? [length] : keepDims ? [1] : [])),
    ...barsFor(bars, elementCount(reduced.map((axis) => x.shape[axis]))),
    rule: ruleOf(name, x, reduced),
  }));
}

function alongAxisAt(name: string, op: AlongAxis, bars: RowBars): Cases {
  const { least = 0 } = bars;
  const drawn = fc.tuple(
    seen({ leastRank: 1, mostRank: 3, leastSize: Math.min(1, least) }),
    anAxis,
    fc.boolean(),
  );
  return casesOf(drawn, ([x, axisOf, keepDims]) => {
    const axis = axisOf(x.shape.length);
    return {
      name: `${x.name} along ${axis}${keepDims ? ", kept where it can be" : ""}`,
      inputs: [inputOf(bars, x.stored)],
      apply: (value) => op(x.view(value), axis, { keepDims }),
      ...barsFor(bars, x.shape.at(axis) ?? 0),
      rule: ruleOf(name, x, [(axis + x.shape.length) % x.shape.length]),
    };
  });
}

/** The definition of a row, for all rows over some axes. What is a row again stands along the only one of them. */
function ruleOf(name: string, { shape, placeOf }: Seen, over: readonly number[]): RandomCase["rule"] {
  const define = rowDefinitions[name];
  if (define === undefined) return undefined;
  const sizes = (isOver: boolean) => shape.map((size, axis) => (over.includes(axis) === isOver ? size : 1));
  return (data) => {
    const firsts = indicesOf(sizes(false));
    const offsets = indicesOf(sizes(true));
    const results = firsts.map((first) => {
      const row = offsets.map((offset) => data[placeOf(first.map((at, axis) => at + offset[axis]))]);
      const made = define(row);
      return typeof made === "number" ? [made] : made;
    });
    const inner = shape.slice(over[over.length - 1] + 1).reduce((a, b) => a * b, 1);
    const isRow = over.length === 1 && results.some(({ length }) => length !== 1);
    return isRow ? interleaved(results, inner) : results.flat();
  };
}

/** Rows that stand along an axis with `inner` elements behind it, row-major. */
function interleaved(results: readonly (readonly number[])[], inner: number): number[] {
  const length = results[0]?.length ?? 0;
  return Array.from({ length: results.length * length }, (_, at) => {
    const outer = Math.floor(at / (length * inner));
    return results[outer * inner + (at % inner)][Math.floor(at / inner) % length];
  });
}

function inputOf({ input }: RowBars, shape: Shape): InputSpec {
  return typeof input === "function" ? input(shape) : { ...input, shape };
}

function barsFor({ value, gradient }: RowBars, length: number) {
  return gradient === undefined
    ? { tolerance: value(Math.max(1, length)), withoutGradient: true as const }
    : { tolerance: value(Math.max(1, length)), gradientTolerance: gradient(Math.max(1, length)) };
}

export const rows: Readonly<Record<string, Cases>> = {
  ...mapped(reductions, reductionAt),
  ...mapped(alongAxis, alongAxisAt),
};

function mapped<Op>(
  families: Readonly<Record<string, readonly [Op, RowBars]>>,
  at: (name: string, op: Op, bars: RowBars) => Cases,
): Record<string, Cases> {
  return Object.fromEntries(Object.entries(families).map(([name, [op, bars]]) => [name, at(name, op, bars)]));
}
