// slice: every step-th element between two bounds on each axis, without a copy.

import { UsageError } from "../base/errors.ts";
import type { Value } from "../graph/node.ts";
import { requireTensor } from "../tensor/dtype.ts";
import { sliceLayout } from "../tensor/layout.ts";
import type { Shape } from "../tensor/shape.ts";
import { apply, defineView } from "./define.ts";
import { embed } from "./embed.ts";

/** Bounds for each axis, first axis first; axes beyond the lists are kept whole. Negative bounds count from the end. */
export interface SliceOptions {
  /** Where each axis begins. Default 0, or the last element for a negative step. */
  readonly starts?: readonly (number | undefined)[];
  /** Before which element it ends. Default: after the last, or before the first for a negative step. */
  readonly ends?: readonly (number | undefined)[];
  /** Default 1. Negative walks backwards. */
  readonly steps?: readonly (number | undefined)[];
}

interface SliceAttrs {
  readonly starts: readonly number[];
  readonly steps: readonly number[];
  readonly shape: Shape;
}

const record = defineView<SliceAttrs>({
  name: "slice",
  output: ([x], { shape }) => ({ shape, dtype: x.dtype }),
  layout: (input, { starts, steps, shape }) => sliceLayout(input, starts, steps, shape),
  gradient({ dy, inputs: [x], attrs: { starts, steps } }) {
    const isWhole = x.shape.map((size, axis) => dy.shape[axis] === size);
    // An axis that is only turned around is turned back.
    const turns = steps.map((step, axis) => (isWhole[axis] && step < 0 ? -1 : 1));
    let dx = turns.includes(-1) ? slice(dy, { steps: turns }) : dy;
    x.shape.forEach((size, axis) => {
      if (!isWhole[axis]) dx = embed(dx, { axis, size, start: starts[axis], step: steps[axis] });
    });
    return [dx];
  },
});

/** Elements between bounds, as Python's x[start:end:step] on each axis. Throws UsageError for a step of 0. Source: NumPy. */
export function slice<T extends Value>(x: T, { starts = [], ends = [], steps = [] }: SliceOptions): T {
  requireTensor("slice", "x", x);
  const rank = x.shape.length;
  const longest = Math.max(starts.length, ends.length, steps.length);
  if (longest > rank) {
    throw new UsageError(
      `slice: bounds for ${longest} axes, but x has ${rank}; give at most one for each axis.`,
    );
  }
  const axes = x.shape.map((size, axis) => sliceAxis(size, starts[axis], ends[axis], steps[axis] ?? 1));
  return apply(record, [x], {
    starts: axes.map(({ start }) => start),
    steps: axes.map(({ step }) => step),
    shape: axes.map(({ count }) => count),
  });
}

function sliceAxis(size: number, from: number | undefined, to: number | undefined, step: number) {
  for (const value of [from ?? 0, to ?? 0, step]) {
    if (!Number.isInteger(value))
      throw new UsageError(`slice: bound ${value} is not a whole number; bounds must be.`);
  }
  if (step === 0)
    throw new UsageError("slice: a step of 0; steps must be positive or negative whole numbers.");
  const lowest = step > 0 ? 0 : -1;
  const highest = step > 0 ? size : size - 1;
  const bound = (value: number) => Math.min(highest, Math.max(lowest, value < 0 ? value + size : value));
  const start = from === undefined ? (step > 0 ? 0 : size - 1) : bound(from);
  const end = to === undefined ? (step > 0 ? size : -1) : bound(to);
  return { start, step, count: Math.max(0, Math.ceil((end - start) / step)) };
}
