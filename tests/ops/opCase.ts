// A case of an op's test: what it says, and what it is checked against without a GPU, all in float64.

import { expect } from "vitest";
import { differentiate } from "../../src/autodiff/differentiate.ts";
import { seededRandom } from "../../src/data/seededRandom.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { makeGraph } from "../../src/graph/graph.ts";
import type { Node, Value } from "../../src/graph/node.ts";
import { constantNode, inputNode } from "../../src/graph/source.ts";
import { add, mul, sum } from "../../src/ops/index.ts";
import { type Dtype, isFloating, roundToDtype } from "../../src/tensor/dtype.ts";
import type { HostArray } from "../../src/tensor/hostArray.ts";
import { elementCount, type Shape } from "../../src/tensor/shape.ts";
import { allowedError, type Tolerance } from "../setup/tolerances.ts";

/** An input tensor of a case: its numbers, or how to draw them. */
export interface InputSpec {
  readonly shape: Shape;
  readonly dtype?: Dtype;
  /** Given numbers, row-major; else they are drawn from [low, high) (default -2, 2). */
  readonly values?: readonly number[];
  readonly low?: number;
  readonly high?: number;
  /** Draw whole numbers, so that sums of products are exact. */
  readonly integers?: boolean;
  /** Leave out of gradient checks (also: everything that is not floating). */
  readonly constant?: boolean;
}

/** The op, applied to values of either kind. */
export type Apply = <T extends Value>(...inputs: T[]) => T;

export interface OpCase {
  readonly name: string;
  readonly inputs: readonly InputSpec[];
  readonly apply: Apply;
  readonly tolerance: Tolerance;
  /** Default: the tolerance of the value. Gradients get four times the bar. */
  readonly gradientTolerance?: Tolerance;
  /** The result's shape, dtype and, where it is known by heart, its elements (to 1e-12). */
  readonly shape?: Shape;
  readonly dtype?: Dtype;
  readonly expected?: readonly number[];
  /** Set where the op holds numbers that f32 rounds: what it gives in float64 is then `expected` to the bar alone. */
  readonly roundsConstants?: true;
  /** Set where the op has no gradient, or is not smooth where the inputs fall. */
  readonly withoutGradient?: true;
  /** dL/dy; drawn where not given. */
  readonly dy?: readonly number[];
  /** dL/dx of each differentiated input, known by heart: compared in the place of differences, as at a kink. */
  readonly expectedGradients?: readonly (readonly number[])[];
  /** Differentiates the gradients again, by the inputs and by dL/dy. */
  readonly secondGradient?: true;
  /** Default: the gradients'. Second gradients are sums of several terms, which may cancel. */
  readonly secondTolerance?: Tolerance;
  /** Set where devices are allowed to give something else, with the reason. */
  readonly referenceOnly?: string;
}

/** A case with its graph and its numbers. */
export interface Prepared {
  readonly nodes: readonly Node[];
  readonly feeds: ReadonlyMap<Node, HostArray>;
  readonly y: Node;
  readonly seed: Node;
  /** Which inputs are differentiated. */
  readonly wrt: readonly number[];
  /** What the gradient of each is multiplied by before it is differentiated again. */
  readonly weights: readonly Node[];
}

/** The numbers of an input, as they go to the GPU where there is one. */
function draw(spec: InputSpec, seed: number): Float64Array {
  const { shape, values, low = -2, high = 2, integers, dtype = "f32" } = spec;
  if (values !== undefined) {
    expect(values.length, "the given numbers fill the shape").toBe(elementCount(shape));
    return Float64Array.from(values, (value) => (__GPU__ ? roundToDtype(value, dtype) : value));
  }
  const random = seededRandom(7, seed);
  return Float64Array.from({ length: elementCount(shape) }, () => {
    const drawn = low + (high - low) * random();
    if (dtype === "bool") return random() < 0.5 ? 0 : 1;
    return integers || !isFloating(dtype) ? Math.floor(drawn) : roundToDtype(drawn, dtype);
  });
}

/** The graph and the numbers of a case. */
export function prepare({ inputs, apply, withoutGradient, dy }: OpCase): Prepared {
  const feeds = new Map<Node, HostArray>();
  const input = (spec: InputSpec, seed: number) => {
    const node = inputNode(spec.shape, spec.dtype ?? "f32");
    feeds.set(node, { shape: spec.shape, data: draw(spec, seed) });
    return node;
  };
  const nodes = inputs.map(input);
  const y = apply(...nodes);
  const integers = inputs.some((spec) => spec.integers);
  const seed = input({ shape: y.shape, integers, values: dy }, 99);
  const isWanted = ({ dtype = "f32", constant }: InputSpec) => isFloating(dtype) && !constant;
  const wrt = withoutGradient ? [] : [...inputs.keys()].filter((index) => isWanted(inputs[index]));
  const weights = wrt.map((index) => input({ shape: inputs[index].shape, integers }, 200 + index));
  return { nodes, feeds, y, seed, wrt, weights };
}

/** The float64 value of every node that `roots` need. */
export function valuesOf(
  roots: readonly Node[],
  feeds: ReadonlyMap<Node, HostArray>,
): (node: Node) => HostArray {
  const values = evaluate(makeGraph(roots), feeds);
  return (node) => {
    const value = values.get(node);
    if (value === undefined) throw new Error("the graph lacks one of its roots");
    return value;
  };
}

/** The same inputs without their signs: the graph then gives, for sums of products, the sum of |a b|. */
export function absolute(feeds: ReadonlyMap<Node, HostArray>): Map<Node, HostArray> {
  return new Map([...feeds].map(([node, { shape, data }]) => [node, { shape, data: data.map(Math.abs) }]));
}

/** dL/dx by the rules for each differentiated input; L is the sum of y * seed. */
export function gradientNodes({ nodes, y, seed, wrt }: Prepared): Node[] {
  const targets = wrt.map((index) => nodes[index]);
  return differentiate(y, seed, targets).map((gradient, position) => {
    if (gradient === undefined) throw new Error(`no gradient reaches input ${wrt[position]}`);
    return gradient;
  });
}

/** The sum of all gradients times their weights, and what it is differentiated by: the inputs and dL/dy. */
export function secondLoss(prepared: Prepared): { loss: Node; targets: readonly Node[] } {
  const { nodes, seed, wrt, weights } = prepared;
  const terms = gradientNodes(prepared).map((gradient, position) => sum(mul(gradient, weights[position])));
  return { loss: terms.reduce((a, b) => add(a, b)), targets: [...wrt.map((index) => nodes[index]), seed] };
}

/** Checks shape, dtype and known elements of the reference. */
export function checkReference(opCase: OpCase): void {
  const { shape, dtype, expected, roundsConstants, tolerance } = opCase;
  const { y, feeds } = prepare(opCase);
  if (shape !== undefined) expect(y.shape).toEqual(shape);
  if (dtype !== undefined) expect(y.dtype).toBe(dtype);
  const { data } = valuesOf([y], feeds)(y);
  expect(data.length).toBe(elementCount(y.shape));
  if (expected === undefined) return;
  const magnitudes = () => valuesOf([y], absolute(feeds))(y).data;
  const rounding = roundsConstants && { tolerance, factor: 1, magnitudes: magnitudes() };
  expectNumbers("y", data, expected, rounding);
}

/** How far numbers may be from those that are known: by the table, where the op rounds constants. */
interface Rounding {
  readonly tolerance: Tolerance;
  readonly factor: number;
  /** Of each element, for sums: what its terms add up to without their signs. */
  readonly magnitudes: Float64Array;
}

function expectNumbers(
  what: string,
  data: Float64Array,
  expected: readonly number[],
  rounding?: Rounding,
): void {
  expect(data.length, what).toBe(expected.length);
  expected.forEach((value, index) => {
    const name = `${what}[${index}]: ${data[index]}, expected ${value}`;
    // Also tells -0 from 0 where a case asks for -0.
    if (!Number.isFinite(value) || Object.is(value, -0))
      return expect(Object.is(data[index], value), name).toBe(true);
    expect(Math.abs(data[index] - value), name).toBeLessThanOrEqual(barOf(value, index, rounding));
  });
}

function barOf(expected: number, index: number, rounding: Rounding | undefined): number {
  if (rounding === undefined) return 1e-12 * Math.max(1, Math.abs(expected));
  const { tolerance, factor, magnitudes } = rounding;
  const magnitude = Math.abs(magnitudes[index]);
  return factor * allowedError(tolerance, { expected, input: expected, magnitude });
}

/** Checks the gradient rule against what is known by heart or, where nothing is, against differences at a few places. */
export function checkGradient(opCase: OpCase, mostPlaces = MOST_PLACES): void {
  const prepared = prepare(opCase);
  const { nodes, y, seed, wrt, feeds } = prepared;
  const gradients = gradientNodes(prepared);
  const { expectedGradients, roundsConstants, tolerance, gradientTolerance = tolerance } = opCase;
  if (expectedGradients === undefined) {
    const targets = wrt.map((index) => nodes[index]);
    checkDifferences(sum(mul(y, seed)), targets, gradients, feeds, mostPlaces);
    return;
  }
  expect(gradients.length).toBe(expectedGradients.length);
  const value = valuesOf(gradients, feeds);
  const magnitudeOf = roundsConstants && valuesOf(gradients, absolute(feeds));
  gradients.forEach((gradient, position) => {
    const magnitudes = magnitudeOf?.(gradient).data;
    const rounding = magnitudes && { tolerance: gradientTolerance, factor: 4, magnitudes };
    expectNumbers(`gradient ${wrt[position]}`, value(gradient).data, expectedGradients[position], rounding);
  });
}

/** Checks the gradients of the gradients, by the inputs and by dL/dy, against differences of the gradients. */
export function checkSecondGradient(opCase: OpCase): void {
  const prepared = prepare(opCase);
  const { loss, targets } = secondLoss(prepared);
  checkDifferences(
    loss,
    targets,
    differentiate(loss, constantNode(1, "f32"), targets),
    prepared.feeds,
    MOST_PLACES,
  );
}

const STEP = 1e-5;
const MOST_PLACES = 16;
/** Of an input with more elements than that each place costs too much. */
const LARGE = { elements: 2048, mostPlaces: 5 };

/** The rules against (f(x + h) - f(x - h)) / 2h, in float64. A gradient that is not there must be 0. */
function checkDifferences(
  loss: Node,
  targets: readonly Node[],
  gradients: readonly (Node | undefined)[],
  feeds: ReadonlyMap<Node, HostArray>,
  mostPlaces: number,
): void {
  const ruleOf = valuesOf(
    gradients.filter((gradient) => gradient !== undefined),
    feeds,
  );
  targets.forEach((target, position) => {
    const gradient = gradients[position];
    const original = feeds.get(target);
    if (original === undefined) throw new Error("an input is not fed");
    const { shape, data } = original;
    const rule = gradient === undefined ? new Float64Array(data.length) : ruleOf(gradient).data;
    expect(rule.length).toBe(data.length);
    const lossAt = (place: number, by: number) => {
      const shifted = data.slice();
      shifted[place] += by;
      return valuesOf([loss], new Map(feeds).set(target, { shape, data: shifted }))(loss).data[0];
    };
    const most = data.length > LARGE.elements ? Math.min(mostPlaces, LARGE.mostPlaces) : mostPlaces;
    const stride = Math.ceil(data.length / most);
    for (let place = 0; place < data.length; place += stride) {
      const difference = (lossAt(place, STEP) - lossAt(place, -STEP)) / (2 * STEP);
      const scale = Math.max(1, Math.abs(difference), Math.abs(rule[place]));
      const name = `input ${position}, element ${place}: ${rule[place]}, by differences ${difference}`;
      expect(Math.abs(rule[place] - difference), name).toBeLessThan(1e-6 * scale);
    }
  });
}
