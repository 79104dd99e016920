// What all recurrent networks share: a whole sequence in one direction as one node, with a gradient rule of its own.
//
// Decides: the order of steps and what they read. For each there is one product of the state with the weight, and what the
// cell makes of that; the gradients of weight and bias are one product, and one sum, over all steps together. A plan has
// the steps one by one (`expand`).
// Leaves to the cell what a step is, and to recurrentLayers.ts the product of the input, layers and directions.

import { InternalError } from "../base/errors.ts";
import { range } from "../base/integers.ts";
import type { Node, Value } from "../graph/node.ts";
import { constantNode, constantValue } from "../graph/source.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import type { Shape } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { broadcastTo } from "./broadcastTo.ts";
import { concat } from "./concat.ts";
import { apply, defineKernel, type Gradient, type KernelOp, makeNode } from "./define.ts";
import { greater } from "./greater.ts";
import { joinTurns, stackByTurns } from "./interleave.ts";
import { matmul } from "./matmul.ts";
import { narrow } from "./narrow.ts";
import { transpose } from "./permute.ts";
import { reshape } from "./reshape.ts";
import { select } from "./select.ts";
import { unsqueeze } from "./squeeze.ts";
import { stack } from "./stack.ts";
import { sum } from "./sum.ts";
import { where } from "./where.ts";

/** What a step reads: sums and x: [rows, gates width]; states: [rows, width] each, h the first of them. */
export interface StepInputs {
  /** h times the weight plus bias, and plus x where the cell joins them. */
  readonly sums: Node;
  readonly x: Node;
  readonly past: readonly Node[];
}

/** What a recurrent network does in one step. */
export interface RecurrentCell {
  readonly name: string;
  /** Sums for each element of the state. */
  readonly gates: number;
  readonly states: number;
  /** Whether what comes of the input is added to what comes of the state before anything else. */
  readonly joins: boolean;
  /** The new states, [states, rows, width]. */
  step(inputs: StepInputs): Node;
  /** All that a step's inputs get of dL/d(new states), side by side in each row: [rows, n width]. */
  stepGradient(inputs: StepInputs & { readonly now: readonly Node[]; readonly pull: readonly Node[] }): Node;
  /** Where in that row, counted in widths, the parts of sums, x, and past states are that do not come by the sums alone. */
  readonly parts: {
    readonly sums: number;
    readonly x: number;
    readonly past: readonly (number | undefined)[];
  };
  /** The new states of one element, in float64. */
  element(sums: readonly number[], x: readonly number[], past: readonly number[]): number[];
}

/** A cell over whole sequences. */
export interface Recurrence {
  readonly cell: RecurrentCell;
  /**
   * All states, [steps, states, rows, width]. x: what the input comes to, [steps, rows, gates width]; weight: [gates width,
   * width]; bias: [gates width]; first: [states, rows, width]; one floating dtype. Beyond lengths (i32 [rows]) states
   * stay as they are. `reverse` begins at the last step.
   */
  run<T extends Value>(
    inputs: readonly [x: T, weight: T, bias: T, first: T, lengths?: T],
    reverse: boolean,
  ): T;
}

interface RecurrenceAttrs {
  readonly reverse: boolean;
}

/** The records of a cell. */
export function defineRecurrence(cell: RecurrentCell): Recurrence {
  const record: KernelOp<RecurrenceAttrs> = defineKernel<RecurrenceAttrs>({
    name: `${cell.name}States`,
    output: ([x, , , first]) => ({ shape: [x.shape[0], ...first.shape], dtype: x.dtype }),
    reference: (inputs, attrs) => walk(cell, inputs, attrs).states,
    gradient: (context) => backward(cell, context, makeNode(sumsRecord, context.inputs, context.attrs)),
    expand: ({ inputs, attrs }) => joinTurns(stackByTurns(unroll(cell, inputs, attrs).states)),
    dispatch: notExpanded,
  });
  // What forward computes anyway: steps that are traced again for it are the same nodes.
  const sumsRecord: KernelOp<RecurrenceAttrs> = defineKernel<RecurrenceAttrs>({
    name: `${cell.name}Sums`,
    output: ([x]) => x,
    reference: (inputs, attrs) => walk(cell, inputs, attrs).sums,
    compose({ inputs, attrs }) {
      const [x, weight, bias, first] = inputs;
      const states = makeNode(record, inputs, attrs);
      return sumsOf(cell, hiddenBefore(states, first, attrs), x, weight, bias);
    },
    expand: ({ inputs, attrs }) => stack(unroll(cell, inputs, attrs).sums),
    dispatch: notExpanded,
  });
  return {
    cell,
    run: (inputs, reverse) =>
      apply(
        record,
        inputs.filter((input) => input !== undefined),
        { reverse },
      ),
  };
}

function notExpanded(): never {
  throw new InternalError("a recurrence was not expanded");
}

/** The steps in the order in which they are made. */
function orderOf(steps: number, { reverse }: RecurrenceAttrs): number[] {
  const order = range(0, steps);
  return reverse ? order.reverse() : order;
}

/** For every element of a tensor whose second-last axis has the rows, whether step `at` is within its row's length. */
function isLive(lengths: Node, at: number, shape: Shape): Node {
  return greater(broadcastTo(unsqueeze(lengths, 1), shape), at);
}

function sumsOf(cell: RecurrentCell, h: Node, x: Node, weight: Node, bias: Node): Node {
  const product = matmul(h, transpose(weight));
  const sums = constantValue(bias) === 0 ? product : add(product, bias);
  return cell.joins ? add(sums, x) : sums;
}

function partsOf(states: Node): Node[] {
  return range(0, states.shape[0]).map((index) => select(states, 0, index));
}

/** Every step by ops: its states [states, rows, width] and its sums. */
function unroll(cell: RecurrentCell, inputs: readonly Node[], attrs: RecurrenceAttrs) {
  const [x, weight, bias, first, lengths] = inputs;
  const states: Node[] = [];
  const sums: Node[] = [];
  let last = first;
  for (const at of orderOf(x.shape[0], attrs)) {
    const past = partsOf(last);
    const own = select(x, 0, at);
    sums[at] = sumsOf(cell, past[0], own, weight, bias);
    const next = cell.step({ sums: sums[at], x: own, past });
    last = lengths === undefined ? next : where(isLive(lengths, at, next.shape), next, last);
    states[at] = last;
  }
  return { states, sums };
}

/** The gradients of x, weight, bias and first states. */
function backward(cell: RecurrentCell, context: Gradient<RecurrenceAttrs>, sums: Node): Node[] {
  const [, weight, , first] = context.inputs;
  const width = weight.shape[1];
  const { packed, begin } = backwardSteps(cell, context, sums);
  const turns = stackByTurns(packed);
  const gather = (from: number) =>
    joinTurns(turns.map((turn) => narrow(turn, 2, from * width, cell.gates * width)));
  const dx = gather(cell.parts.x);
  const dsums = cell.parts.sums === cell.parts.x ? dx : gather(cell.parts.sums);
  return [dx, weightGradient(dsums, context.y, first, context.attrs), sum(dsums, { axis: [0, 1] }), begin];
}

/** What each step gives its inputs, and what the first states get, from the last step made to the first. */
function backwardSteps(
  cell: RecurrentCell,
  { dy, y, inputs, attrs }: Gradient<RecurrenceAttrs>,
  sums: Node,
): { packed: Node[]; begin: Node } {
  const [x, weight, , first, lengths] = inputs;
  const width = weight.shape[1];
  const packed: Node[] = [];
  let carried: Node[] = [];
  const order = orderOf(x.shape[0], attrs);
  for (const [index, at] of [...order.entries()].reverse()) {
    const past = partsOf(index === 0 ? first : select(y, 0, order[index - 1]));
    const pull = partsOf(select(dy, 0, at)).map((own, state) =>
      carried.length === 0 ? own : add(own, carried[state]),
    );
    const now = partsOf(select(y, 0, at));
    const own = { sums: select(sums, 0, at), x: select(x, 0, at), past, now, pull };
    const given = cell.stepGradient(own);
    const d = lengths === undefined ? given : where(isLive(lengths, at, given.shape), given, 0);
    packed[at] = d;
    carried = pull.map((whole, state) => {
      const parts: Node[] = [];
      if (state === 0) parts.push(matmul(narrow(d, 1, cell.parts.sums * width, cell.gates * width), weight));
      const direct = cell.parts.past[state];
      if (direct !== undefined) parts.push(narrow(d, 1, direct * width, width));
      // A row that has ended hands on what its state gets.
      if (lengths !== undefined) parts.push(where(isLive(lengths, at, whole.shape), 0, whole));
      return parts.reduce((a, b) => add(a, b));
    });
  }
  return { packed, begin: stack(carried) };
}

/** h behind each step but the last that is made: what the others begin with. */
function hiddenInside(y: Node, { reverse }: RecurrenceAttrs): Node {
  return select(narrow(y, 0, reverse ? 1 : 0, y.shape[0] - 1), 1, 0);
}

/** What each step begins with for h, [steps, rows, width]. */
function hiddenBefore(y: Node, first: Node, attrs: RecurrenceAttrs): Node {
  const both = [narrow(first, 0, 0, 1), hiddenInside(y, attrs)];
  return concat(attrs.reverse ? both.reverse() : both);
}

/** One product over all steps, but for the first where that begins with zeros. */
function weightGradient(dsums: Node, y: Node, first: Node, attrs: RecurrenceAttrs): Node {
  const [steps, rows, across] = dsums.shape;
  const width = y.shape[3];
  const isFromZero = constantValue(first) === 0;
  const count = isFromZero ? steps - 1 : steps;
  if (count === 0) return constantNode(0, y.dtype, [across, width]);
  const own = isFromZero ? narrow(dsums, 0, attrs.reverse ? 0 : 1, count) : dsums;
  const h = isFromZero ? hiddenInside(y, attrs) : hiddenBefore(y, first, attrs);
  return matmul(transpose(reshape(own, [count * rows, across])), reshape(h, [count * rows, width]));
}

/** Every step in float64. */
function walk(
  cell: RecurrentCell,
  [x, weight, bias, first, lengths]: readonly HostArray[],
  attrs: RecurrenceAttrs,
): { states: HostArray; sums: HostArray } {
  const [steps, rows, across] = x.shape;
  const width = weight.shape[1];
  const states = hostZeros([steps, ...first.shape]);
  const sums = hostZeros(x.shape);
  let last = first.data;
  for (const at of orderOf(steps, attrs)) {
    const past = last;
    const next = past.slice();
    for (let row = 0; row < rows; row++) {
      const begin = (at * rows + row) * across;
      for (let k = 0; k < across; k++) {
        let total = bias.data[k] + (cell.joins ? x.data[begin + k] : 0);
        for (let j = 0; j < width; j++) total += weight.data[k * width + j] * past[row * width + j];
        sums.data[begin + k] = total;
      }
      if (lengths !== undefined && at >= lengths.data[row]) continue;
      for (let col = 0; col < width; col++) {
        const gatesOf = ({ data }: HostArray) =>
          range(0, cell.gates).map((gate) => data[begin + gate * width + col]);
        const stateAt = (state: number) => (state * rows + row) * width + col;
        const old = range(0, cell.states).map((state) => past[stateAt(state)]);
        cell.element(gatesOf(sums), gatesOf(x), old).forEach((value, state) => {
          next[stateAt(state)] = value;
        });
      }
    }
    states.data.set(next, at * next.length);
    last = next;
  }
  return { states, sums };
}
