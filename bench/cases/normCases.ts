// Layer norm and batch norm, forward and backward. Both normalise groups of elements: rows, or channels.
//
// Decides how far results may be off: errors of each mean, carried through the formulas to first order. A variance may be
// taken as the mean of squares less the square of the mean, so its error is that of the mean of squares.

import type { ExactResult, Expected } from "../expectation.ts";
import { noise } from "../noise.ts";
import { roundingUnit, sumTolerance } from "../sumTolerance.ts";
import { type ByScale, bytesOf, elements, type OpCase, type OpProblem } from "./opCase.ts";
import { bothWays } from "./softmaxCases.ts";

const eps = 1e-5;

/** [rows, cols] */
const layerShapes: ByScale<readonly number[]> = {
  small: [7, 19],
  software: [512, 768],
  hardware: [16384, 768],
};
/** [batch, channels, height, width] */
const batchShapes: ByScale<readonly number[]> = {
  small: [3, 5, 4, 3],
  software: [16, 32, 32, 32],
  hardware: [128, 64, 32, 32],
};

export const normCases: readonly OpCase[] = [
  ...bothWays("layernorm", (isBackward, scale) =>
    normProblem("layerNorm", layerShapes[scale], { isBackward }),
  ),
  ...bothWays("batchnorm", (isBackward, scale) =>
    normProblem("batchNorm", batchShapes[scale], { isBackward }),
  ),
];

/** To which group an element belongs, and which weight and bias are its own. */
interface Grouping {
  readonly groups: number;
  readonly parameters: number;
  readonly groupOf: (index: number) => number;
  readonly parameterOf: (index: number) => number;
}

function groupingOf(op: "layerNorm" | "batchNorm", shape: readonly number[]): Grouping {
  if (op === "layerNorm") {
    const [rows, cols] = shape;
    const groupOf = (index: number) => Math.floor(index / cols);
    return { groups: rows, parameters: cols, groupOf, parameterOf: (index) => index % cols };
  }
  const [, channels, height, width] = shape;
  const channelOf = (index: number) => Math.floor(index / (height * width)) % channels;
  return { groups: channels, parameters: channels, groupOf: channelOf, parameterOf: channelOf };
}

function normProblem(
  op: "layerNorm" | "batchNorm",
  shape: readonly number[],
  { isBackward }: { isBackward: boolean },
): OpProblem {
  const size = elements(shape);
  const grouping = groupingOf(op, shape);
  const own = [grouping.parameters];
  const x = { shape, values: noise(size, -1, 1, 71) };
  const w = { shape: own, values: noise(grouping.parameters, 0.5, 1.5, 72) };
  const b = { shape: own, values: noise(grouping.parameters, -1, 1, 73) };
  const dy = { shape, values: noise(size, -1, 1, 74) };
  const given = { x: x.values, w: w.values, b: b.values, dy: dy.values, shape };
  return {
    work: { op, eps, isBackward },
    inputs: isBackward ? [x, w, b, dy] : [x, w, b],
    flops: (isBackward ? 14 : 8) * size,
    bytes: isBackward ? bytesOf(shape, shape, shape, own, own, own) : bytesOf(shape, shape, own, own),
    exact: () => (isBackward ? exactGradients(given, grouping) : [exactNorm(given, grouping)]),
  };
}

interface Given {
  readonly x: Float32Array;
  readonly w: Float32Array;
  readonly b: Float32Array;
  readonly dy: Float32Array;
  readonly shape: readonly number[];
}

/** Of each group: the mean, 1 / deviation, and how far both may be off, the latter relatively. */
interface Moments {
  readonly count: number;
  readonly means: Float64Array;
  readonly scales: Float64Array;
  readonly meanTolerances: Float64Array;
  readonly scaleTolerances: Float64Array;
}

function momentsOf({ x }: Given, { groups, groupOf }: Grouping): Moments {
  const count = x.length / groups;
  const means = new Float64Array(groups);
  const sizes = new Float64Array(groups);
  const squares = new Float64Array(groups);
  const variances = new Float64Array(groups);
  x.forEach((value, index) => {
    const group = groupOf(index);
    means[group] += value / count;
    sizes[group] += Math.abs(value) / count;
    squares[group] += value ** 2 / count;
  });
  x.forEach((value, index) => {
    const group = groupOf(index);
    variances[group] += (value - means[group]) ** 2 / count;
  });
  const meanTolerances = sizes.map((ofGroup) => sumTolerance(count, ofGroup));
  const scaleTolerances = variances.map((variance, group) => {
    const ofMean = 2 * meanTolerances[group] * (Math.abs(means[group]) + sizes[group]);
    const ofVariance = sumTolerance(count, squares[group]) + ofMean;
    // WGSL allows 2 units in the last place for the reciprocal root.
    return ofVariance / (2 * (variance + eps)) + 4 * roundingUnit;
  });
  return {
    ...{ count, means, meanTolerances, scaleTolerances },
    scales: variances.map((variance) => 1 / Math.sqrt(variance + eps)),
  };
}

/** (x - mean) scale of an element. */
function normalized({ x }: Given, moments: Moments, index: number, group: number): Expected {
  const distance = x[index] - moments.means[group];
  const value = distance * moments.scales[group];
  const rounded = roundingUnit * (Math.abs(x[index]) + Math.abs(distance));
  const ofDistance = moments.scales[group] * (moments.meanTolerances[group] + rounded);
  return {
    value,
    tolerance: ofDistance + Math.abs(value) * (moments.scaleTolerances[group] + roundingUnit),
  };
}

function exactNorm(given: Given, grouping: Grouping): ExactResult {
  const moments = momentsOf(given, grouping);
  const { w, b, shape } = given;
  const at = (index: number) => {
    const parameter = grouping.parameterOf(index);
    const inner = normalized(given, moments, index, grouping.groupOf(index));
    const scaled = inner.value * w[parameter];
    const value = scaled + b[parameter];
    // An engine may fold mean, scale, weight and bias into two numbers, whose products are rounded apart.
    const folded = Math.abs(moments.means[grouping.groupOf(index)] * moments.scales[grouping.groupOf(index)]);
    const rounded = 3 * roundingUnit * (Math.abs(scaled) + Math.abs(b[parameter]) + folded * w[parameter]);
    return { value, tolerance: w[parameter] * inner.tolerance + rounded };
  };
  return { name: "y", shape, at };
}

/** Sums over groups, values with what they may be off by. */
interface Sums {
  readonly values: Float64Array;
  readonly tolerances: Float64Array;
}

/** `term` of each element added up by `placeOf`, the terms of one place being `count`. */
function sumBy(
  size: number,
  places: number,
  placeOf: (index: number) => number,
  term: (index: number) => Expected,
): Sums {
  const values = new Float64Array(places);
  const sizes = new Float64Array(places);
  const carried = new Float64Array(places);
  for (let index = 0; index < size; index++) {
    const { value, tolerance } = term(index);
    const place = placeOf(index);
    values[place] += value;
    sizes[place] += Math.abs(value);
    carried[place] += tolerance;
  }
  const count = size / places;
  return { values, tolerances: carried.map((ofPlace, place) => ofPlace + sumTolerance(count, sizes[place])) };
}

/** dx = scale (g - mean g - x' mean(g x')) with g = dy w and x' normalised; dw = sum dy x'; db = sum dy. */
function exactGradients(given: Given, grouping: Grouping): ExactResult[] {
  const { x, w, dy, shape } = given;
  const { groups, parameters, groupOf, parameterOf } = grouping;
  const moments = momentsOf(given, grouping);
  const inner = (index: number) => normalized(given, moments, index, groupOf(index));
  const times = (factor: number, { value, tolerance }: Expected): Expected => ({
    value: factor * value,
    tolerance: Math.abs(factor) * (tolerance + 2 * roundingUnit * Math.abs(value)),
  });
  const g = (index: number) => dy[index] * w[parameterOf(index)];
  const plain = (value: number): Expected => ({ value, tolerance: roundingUnit * Math.abs(value) });
  const sumsOf = (places: number, placeOf: (index: number) => number, term: (index: number) => Expected) =>
    sumBy(x.length, places, placeOf, term);
  const ofG = sumsOf(groups, groupOf, (index) => plain(g(index)));
  const ofProducts = sumsOf(groups, groupOf, (index) => times(g(index), inner(index)));
  const dw = sumsOf(parameters, parameterOf, (index) => times(dy[index], inner(index)));
  const db = sumsOf(parameters, parameterOf, (index) => plain(dy[index]));
  const { count, scales, scaleTolerances } = moments;
  const at = (index: number): Expected => {
    const group = groupOf(index);
    const { value: own, tolerance: ofOwn } = inner(index);
    const mean = ofG.values[group] / count;
    const product = ofProducts.values[group] / count;
    const bracket = g(index) - mean - own * product;
    const sizes = Math.abs(g(index)) + Math.abs(mean) + Math.abs(own * product);
    const ofMeans = ofG.tolerances[group] + Math.abs(own) * ofProducts.tolerances[group];
    const ofBracket = ofMeans / count + ofOwn * Math.abs(product) + 4 * roundingUnit * sizes;
    return {
      value: scales[group] * bracket,
      tolerance: scales[group] * (ofBracket + (scaleTolerances[group] + roundingUnit) * Math.abs(bracket)),
    };
  };
  return [{ name: "dx", shape, at }, resultOf("dw", dw), resultOf("db", db)];
}

function resultOf(name: string, { values, tolerances }: Sums): ExactResult {
  const at = (index: number) => ({ value: values[index], tolerance: tolerances[index] });
  return { name, shape: [values.length], at };
}
