// ctcPaths: what all paths of labels and blanks through time come to, and the loss; and its gradient.
//
// A path begins in the first blank or the first label, stays or goes on by one state at each step, past a blank between
// two labels that differ, and ends in the last label or the last blank. All of it is logarithms, of which -1e30 is that of 0.

import { product } from "../base/integers.ts";
import type { Node, Value } from "../graph/node.ts";
import { constantNode } from "../graph/source.ts";
import { ctcForward, ctcGradient } from "../kernels/ctc.ts";
import { type HostArray, hostZeros } from "../tensor/hostArray.ts";
import { add } from "./add.ts";
import { arangeNode } from "./arange.ts";
import { concat } from "./concat.ts";
import { apply, defineKernel, type KernelOp } from "./define.ts";
import { equal } from "./equal.ts";
import { greaterEqual } from "./greaterEqual.ts";
import { less } from "./less.ts";
import { lessEqual } from "./lessEqual.ts";
import { logicalAnd } from "./logicalAnd.ts";
import { mul } from "./mul.ts";
import { narrow } from "./narrow.ts";
import { neg } from "./neg.ts";
import { notEqual } from "./notEqual.ts";
import { partOf } from "./partOf.ts";
import { select } from "./select.ts";
import { softmax } from "./softmax.ts";
import { unsqueeze } from "./squeeze.ts";
import { stack } from "./stack.ts";
import { sub } from "./sub.ts";
import { where } from "./where.ts";

/** The logarithm of 0. */
const NEVER = -1e30;
const IMPOSSIBLE = -1e29;

interface PathAttrs {
  readonly time: number;
}

const forwardRecord: KernelOp = defineKernel<undefined>({
  name: "ctcPaths",
  output: ([x]) => ({ shape: [x.shape[1] + product(x.shape)], dtype: "f32" }),
  reference: ([x, labels, steps, counts]) => followPaths(x, labels, [steps, counts]),
  gradient: ({ dy, y, inputs: [x, labels, steps, counts] }) => [
    apply(gradientRecord, [y, labels, steps, counts, dy], { time: x.shape[0] }),
  ],
  dispatch: ([x], _attrs, device) => ctcForward(sizesOf(x.shape), device),
});

const gradientRecord: KernelOp<PathAttrs> = defineKernel<PathAttrs>({
  name: "ctcPathsGradient",
  output: ([, labels], { time }) => ({ shape: [time, ...labels.shape], dtype: "f32" }),
  reference: ([forward, labels, steps, counts, dy], { time }) =>
    pullBack(forward, labels, [steps, counts], dy, time),
  compose: ({ inputs, attrs: { time } }) => composeGradient(inputs, time),
  dispatch: ([, labels], { time }, device) => ctcGradient(sizesOf([time, ...labels.shape]), device),
});

function sizesOf([time, batch, states]: readonly number[]) {
  return { time, batch, states };
}

/** One sequence: its steps, its states, and which states may come before one. */
function sequenceOf(labels: HostArray, spans: readonly HostArray[], item: number, time: number) {
  const [batch, states] = labels.shape;
  const [steps, targets] = spans.map(({ data }) => data[item]);
  const isValid = steps >= 0 && steps <= time && targets >= 0 && 2 * targets < states;
  const label = (s: number) => labels.data[item * states + s];
  const before = (s: number) =>
    [s, s - 1, s - 2].filter((from) => from >= 0 && (from > s - 2 || label(from) !== label(s)));
  const at = (t: number, s: number) => (t * batch + item) * states + s;
  const count = isValid ? 2 * targets + 1 : 0;
  const ends = [count - 1, count - 2].filter((s) => s >= 0);
  return { isValid, steps: isValid ? steps : 0, count, ends, before, at };
}

function logSum(values: readonly number[]): number {
  const largest = Math.max(...values);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

function followPaths(x: HostArray, labels: HostArray, spans: readonly HostArray[]): HostArray {
  const [time, batch] = x.shape;
  const y = hostZeros([batch + product(x.shape)]);
  for (let item = 0; item < batch; item++) {
    const { isValid, steps, count, ends, before, at } = sequenceOf(labels, spans, item, time);
    let isLost = !isValid;
    const path = (t: number) => (s: number) => y.data[batch + at(t, s)];
    for (let t = 0; t < steps; t++) {
      for (let s = 0; s < count; s++) {
        const emission = x.data[at(t, s)];
        isLost ||= Number.isNaN(emission) || emission === Infinity;
        const reached = t === 0 ? (s < 2 ? 0 : NEVER) : logSum(before(s).map(path(t - 1)));
        y.data[batch + at(t, s)] = isLost ? 0 : Math.max(reached + Math.max(emission, NEVER), NEVER);
      }
    }
    const sum = steps > 0 ? logSum(ends.map(path(steps - 1))) : count === 1 ? 0 : NEVER;
    y.data[item] = isLost ? Number.NaN : sum < IMPOSSIBLE ? Infinity : -sum;
  }
  return y;
}

function pullBack(
  forward: HostArray,
  labels: HostArray,
  spans: readonly HostArray[],
  dy: HostArray,
  time: number,
): HostArray {
  const [batch, states] = labels.shape;
  const dx = hostZeros([time, batch, states]);
  for (let item = 0; item < batch; item++) {
    const { steps, count, ends, before, at } = sequenceOf(labels, spans, item, time);
    const share = (t: number, s: number, all: readonly number[]) =>
      Math.exp(
        forward.data[batch + at(t, s)] - logSum(all.map((other) => forward.data[batch + at(t, other)])),
      );
    const slope = dy.data[item] === 0 || Number.isFinite(forward.data[item]) ? -dy.data[item] : Number.NaN;
    for (let t = steps - 1; t >= 0; t--) {
      for (let s = 0; s < count; s++) dx.data[at(t, s)] += dy.data[batch + at(t, s)];
      if (t === steps - 1) for (const s of ends) dx.data[at(t, s)] += slope * share(t, s, ends);
      for (let s = 0; t > 0 && s < count; s++) {
        const from = before(s);
        for (const other of from) dx.data[at(t - 1, other)] += dx.data[at(t, s)] * share(t - 1, other, from);
      }
    }
  }
  return dx;
}

/** The gradient by ops that have gradients, step by step. */
function composeGradient([forward, labels, steps, counts, dy]: readonly Node[], time: number): Node {
  const [batch, states] = labels.shape;
  const rows = (packed: Node) => partOf(packed, { start: batch, shape: [time, batch, states] });
  const slope = unsqueeze(neg(partOf(dy, { start: 0, shape: [batch] })), 1);
  const end = unsqueeze(steps, 1); // [batch, 1]
  const last = mul(unsqueeze(counts, 1), 2);
  const places = arangeNode(states, "i32");
  const isInside = lessEqual(places, last);
  const isEnd = logicalAnd(isInside, greaterEqual(places, sub(last, 1)));
  const skips = notEqual(labels, moved(labels, 2, -1));
  const rowsBack: Node[] = [];
  for (let t = time - 1; t >= 0; t--) {
    const path = select(rows(forward), 0, t);
    const share = where(isEnd, softmax(where(isEnd, path, NEVER)), 0);
    const ending = where(equal(end, t + 1), mul(slope, share), 0);
    const given = where(logicalAnd(isInside, less(t, end)), select(rows(dy), 0, t), 0);
    const own = add(given, ending);
    const [next] = rowsBack;
    const goesOn = less(t + 1, end);
    rowsBack.unshift(next === undefined ? own : add(own, where(goesOn, comeBack(path, skips, next), 0)));
  }
  return stack(rowsBack);
}

/** What of the gradient `next` of a row comes back to the row before, `path` [batch, states]. */
function comeBack(path: Node, skips: Node, next: Node): Node {
  const skipped = where(skips, moved(path, 2, NEVER), NEVER);
  const flow = mul(softmax(stack([path, moved(path, 1, NEVER), skipped]), { axis: 0 }), next); // [3, batch, states]
  return [0, 1, 2].map((by) => moved(select(flow, 0, by), -by, 0)).reduce((a, b) => add(a, b));
}

/** The states of x [batch, states] `by` places further on, or back where negative, `fill` where nothing comes from. */
function moved(x: Node, by: number, fill: number): Node {
  const [batch, states] = x.shape;
  const size = Math.min(Math.abs(by), states);
  const filled = constantNode(fill, x.dtype, [batch, size]);
  const kept = narrow(x, 1, by > 0 ? 0 : size, states - size);
  return size === 0 ? x : concat(by > 0 ? [filled, kept] : [kept, filled], { axis: 1 });
}

/**
 * The CTC losses of emissions x [time, batch, states], f32: log-probabilities of the label of each state, which is a blank
 * before, between and after labels. labels: i32 [batch, states]; steps, counts: i32 [batch], how many steps and how many labels
 * each sequence has. Infinity where no path has as many steps; NaN where x is NaN or +infinity, or a number out of range.
 */
export function ctcPaths<T extends Value>(x: T, labels: T, steps: T, counts: T): T {
  const packed = apply(forwardRecord, [x, labels, steps, counts], undefined);
  return partOf(packed, { start: 0, shape: [x.shape[1]] });
}
