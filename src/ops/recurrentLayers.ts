// Recurrent networks: layers one above the other, one or both directions, sequences of different lengths; and what the
// cells ask of their inputs.
//
// Decides: the product of the input, over all steps at once; what goes from layer to layer; and all checks. Leaves the
// steps to recurrence.ts.

import { ShapeError, UsageError } from "../base/errors.ts";
import { range } from "../base/integers.ts";
import type { Spec, Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { promote, requireDtype, requireFloating } from "../tensor/dtype.ts";
import { isSameShape, printShape, requireRank, type Shape } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { arangeNode } from "./arange.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { cast } from "./cast.ts";
import { concat } from "./concat.ts";
import { dropoutWith } from "./dropoutWith.ts";
import { greater } from "./greater.ts";
import { matmul } from "./matmul.ts";
import { permute, transpose } from "./permute.ts";
import type { RandomKey } from "./randomUniform.ts";
import type { Recurrence } from "./recurrence.ts";
import { reshape } from "./reshape.ts";
import { select } from "./select.ts";
import { stack } from "./stack.ts";
import { where } from "./where.ts";

/** Weights of one layer in one direction, as PyTorch lays them out: gates one below the other. */
export interface RecurrentWeights<T extends Value> {
  /** [gates width, features]. */
  readonly weightIh: T;
  /** [gates width, width]. */
  readonly weightHh: T;
  /** [gates width]; nothing is added where it is missing. */
  readonly biasIh?: T | undefined;
  readonly biasHh?: T | undefined;
}

/** How sequences are run through. */
export interface RecurrentOptions<T extends Value> {
  /** The first h: [layers directions, batch, width]. Default: zeros. */
  readonly hidden?: T | undefined;
  /** Whether every layer also runs from the end to the beginning; weights are then in pairs. Default false. */
  readonly bidirectional?: boolean;
  /** Whether x and output are [batch, steps, …] in the place of [steps, batch, …]. Default false. */
  readonly batchFirst?: boolean;
  /** i32 [batch]: the steps of each sequence. What stands behind them is not looked at, but must be numbers. */
  readonly lengths?: T | undefined;
  /** The probability with which an element of what one layer gives the next becomes 0. Default 0. */
  readonly dropout?: number;
  /** What dropout draws its numbers by: asked once for each layer but the last. */
  readonly random?: () => RandomKey<T>;
}

/** What a network of recurrent layers gives. */
export interface RecurrentResult<T extends Value> {
  /** The last layer's h at every step, directions side by side; 0 beyond a sequence's length. */
  readonly output: T;
  /** Of each state: what every layer and direction ends with, [layers directions, batch, width]. */
  readonly states: readonly T[];
}

/** x through all layers. `first`: of each state by name, what all layers and directions begin with. */
export function runLayers<T extends Value>(
  op: string,
  recurrence: Recurrence,
  x: T,
  weights: readonly RecurrentWeights<T>[],
  first: Readonly<Record<string, T | undefined>>,
  options: RecurrentOptions<T>,
): RecurrentResult<T> {
  const { bidirectional = false, batchFirst = false, lengths, dropout = 0, random } = options;
  const directions = bidirectional ? 2 : 1;
  const sizes = requireSequences(op, recurrence.cell.gates, x, weights, options);
  const begin = requireFirst(op, first, [weights.length, sizes.batch, sizes.width]);
  requireDropout(op, dropout, random !== undefined);
  const dtype = [x, ...begin, ...weights.flatMap(tensorsOf)].map((value) => value.dtype).reduce(promote);
  const ends: T[] = [];
  let output = cast(batchFirst ? permute(x, [1, 0, 2]) : x, dtype);
  for (const layer of range(0, weights.length / directions)) {
    const own = layer > 0 && dropout > 0 && random ? dropoutWith(output, random(), dropout) : output;
    const sides = range(0, directions).map((side) => {
      const index = layer * directions + side;
      const from =
        begin.length === 0
          ? x.derive(constantNode(0, dtype, [recurrence.cell.states, sizes.batch, sizes.width]), [x])
          : cast(stack(begin.map((state) => select(state, 0, index))), dtype);
      const states = oneDirection(recurrence, own, weights[index], from, lengths, side === 1);
      ends.push(select(states, 0, side === 1 ? 0 : sizes.steps - 1));
      return withinLengths(select(states, 1, 0), lengths);
    });
    output = concat(sides, { axis: 2 });
  }
  return {
    output: batchFirst ? permute(output, [1, 0, 2]) : output,
    states: range(0, recurrence.cell.states).map((state) => stack(ends.map((end) => select(end, 0, state)))),
  };
}

/** All states, [steps, states, batch, width]. */
function oneDirection<T extends Value>(
  { cell, run }: Recurrence,
  x: T,
  { weightIh, weightHh, biasIh, biasHh }: RecurrentWeights<T>,
  first: T,
  lengths: T | undefined,
  reverse: boolean,
): T {
  const to = (value: T) => cast(value, x.dtype);
  const none = x.derive(constantNode(0, x.dtype, [weightHh.shape[0]]), [x]);
  const product = affine(x, to(weightIh), biasIh && to(biasIh));
  const joined = cell.joins && biasHh !== undefined ? add(product, to(biasHh)) : product;
  const bias = cell.joins || biasHh === undefined ? none : to(biasHh);
  return run([joined, to(weightHh), bias, first, lengths], reverse);
}

/** x weight^T + bias. */
export function affine<T extends Value>(x: T, weight: T, bias: T | undefined): T {
  const product = matmul(x, transpose(weight));
  return bias === undefined ? product : add(product, bias);
}

/** h [steps, batch, width], 0 beyond lengths. */
function withinLengths<T extends Value>(h: T, lengths: T | undefined): T {
  if (lengths === undefined) return h;
  const [steps, batch] = h.shape;
  const at = h.derive(arangeNode(steps, "i32"), [h]);
  const every = (value: T, shape: Shape) => broadcastTo(reshape(value, shape), h.shape);
  return where(greater(every(lengths, [1, batch, 1]), every(at, [steps, 1, 1])), h, 0);
}

function tensorsOf<T extends Value>({ weightIh, weightHh, biasIh, biasHh }: RecurrentWeights<T>): T[] {
  return [weightIh, weightHh, biasIh, biasHh].filter((value) => value !== undefined);
}

/** Inputs of a cell, all of one dtype: what x and h come to, and the states, zeros by default. Throws where they do not fit. */
export function cellInputs<T extends Value>(
  op: string,
  gates: number,
  x: T,
  states: Readonly<Record<string, T | undefined>>,
  weights: RecurrentWeights<T>,
): { fromX: T; fromH: T; states: readonly T[] } {
  requireFloating(op, "x", x);
  requireRank(op, "x", x.shape, 2, "[batch, features]");
  const width = requireWeights(op, gates, weights, x.shape[1], undefined, "");
  const shape = [x.shape[0], width];
  const list = Object.entries(states).map(([name, state]) => {
    if (state === undefined) return x.derive(constantNode(0, x.dtype, shape), [x]);
    requireExact(op, name, state, shape);
    return state;
  });
  const dtype = [x, ...list, ...tensorsOf(weights)].map((value) => value.dtype).reduce(promote);
  const to = (value: T) => cast(value, dtype);
  const { weightIh, weightHh, biasIh, biasHh } = weights;
  return {
    fromX: affine(to(x), to(weightIh), biasIh && to(biasIh)),
    fromH: affine(to(list[0]), to(weightHh), biasHh && to(biasHh)),
    states: list.map(to),
  };
}

function requireSequences<T extends Value>(
  op: string,
  gates: number,
  x: T,
  weights: readonly RecurrentWeights<T>[],
  { bidirectional = false, batchFirst = false, lengths }: RecurrentOptions<T>,
): { steps: number; batch: number; width: number } {
  const axes = batchFirst ? "[batch, steps, features]" : "[steps, batch, features]";
  requireFloating(op, "x", x);
  requireRank(op, "x", x.shape, 3, axes);
  const [steps, batch] = batchFirst ? [x.shape[1], x.shape[0]] : x.shape;
  if (steps === 0)
    throw new ShapeError(`${op}: x is ${printShape(x.shape)}, ${axes}; there must be at least one step.`);
  const directions = bidirectional ? 2 : 1;
  if (weights.length === 0 || weights.length % directions !== 0) {
    throw new UsageError(
      `${op}: weights of ${weights.length} layers and directions; there must be ${bidirectional ? "two for each layer" : "one for each layer"}, and at least one layer.`,
    );
  }
  let width: number | undefined;
  weights.forEach((own, index) => {
    const features = index < directions ? x.shape[2] : directions * (width ?? 0);
    width = requireWeights(op, gates, own, features, width, ` of weights ${index}`);
  });
  if (lengths !== undefined) {
    requireDtype(op, "lengths", lengths, ["i32"]);
    requireShapeOf(op, "lengths", lengths, [batch]);
  }
  return { steps, batch, width: width ?? 0 };
}

/** The width of the state. Throws ShapeError or DtypeError where weights do not fit `features`, or another `width`. */
function requireWeights(
  op: string,
  gates: number,
  { weightIh, weightHh, biasIh, biasHh }: RecurrentWeights<Value>,
  features: number,
  wanted: number | undefined,
  which: string,
): number {
  requireFloating(op, `weightHh${which}`, weightHh);
  requireRank(op, `weightHh${which}`, weightHh.shape, 2, "[gates width, width]");
  const width = wanted ?? weightHh.shape[1];
  requireExact(op, `weightHh${which}`, weightHh, [gates * width, width]);
  requireExact(op, `weightIh${which}`, weightIh, [gates * width, features]);
  if (biasIh !== undefined) requireExact(op, `biasIh${which}`, biasIh, [gates * width]);
  if (biasHh !== undefined) requireExact(op, `biasHh${which}`, biasHh, [gates * width]);
  return width;
}

/** What the states begin with, all or none. */
function requireFirst<T extends Value>(
  op: string,
  first: Readonly<Record<string, T | undefined>>,
  shape: Shape,
): T[] {
  const given = Object.entries(first).flatMap(([name, state]) => {
    if (state === undefined) return [];
    requireExact(op, name, state, shape);
    return [state];
  });
  const names = Object.keys(first);
  if (given.length !== 0 && given.length !== names.length)
    throw new UsageError(`${op}: only one of ${names.join(" and ")} is given; give both or none.`);
  return given;
}

function requireExact(op: string, name: string, value: Spec, shape: Shape): void {
  requireFloating(op, name, value);
  requireShapeOf(op, name, value, shape);
}

function requireShapeOf(op: string, name: string, value: Spec, shape: Shape): void {
  if (isSameShape(value.shape, shape)) return;
  throw new ShapeError(`${op}: ${name} is ${printShape(value.shape)}; it must be ${printShape(shape)}.`);
}

function requireDropout(op: string, dropout: number, isRandom: boolean): void {
  if (!(dropout >= 0 && dropout < 1))
    throw new UsageError(`${op}: dropout is ${dropout}; it must be at least 0 and below 1.`);
  if (dropout > 0 && !isRandom)
    throw new UsageError(`${op}: dropout is ${dropout} without random; it must say what to draw by.`);
}
