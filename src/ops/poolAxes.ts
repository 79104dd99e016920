// How windows move over one, two or three axes: what all poolings check, and the planes that they go over.
//
// Kernels know planes of rows and columns. A line is a plane of one row. A volume is pooled within its planes first, and what
// comes of them along the depth: the first largest element of the first plane that has it is the first of the volume's, the
// last NaN of the last plane likewise, and the number that a mean divides by is a product over the axes.

import { UsageError } from "../base/errors.ts";
import { requireWhole } from "../base/requireWhole.ts";
import type { Spec } from "../graph/node.ts";
import { requireFloating } from "../tensor/dtype.ts";
import { requireRank, type Shape } from "../tensor/shape.ts";
import type { MaxPoolOptions } from "./maxPool2d.ts";
import type { Pool2dAttrs } from "./pool2dShape.ts";
import { requireEach, requirePlaces } from "./slidingWindow.ts";

/** A number for the one axis there is. */
export type Single = number | readonly [x: number];

/** One number for all three axes, or [z, y, x]. */
export type Triple = number | readonly [z: number, y: number, x: number];

/** One number for all axes, or one for each. */
export type Sizes = number | readonly number[];

/** Windows along one axis: `output` of them over `input` elements. */
export interface PoolAxis {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  readonly input: number;
  readonly output: number;
}

const NAMES = ["length", "height, width", "depth, height, width"];

/** The sizes of the last `rank` axes. Throws ShapeError or DtypeError unless x is [batch, channels, ...sizes], f32 or f16. */
export function requireSpatial(op: string, x: Spec, rank: number): Shape {
  requireRank(op, "x", x.shape, rank + 2, `[batch, channels, ${NAMES[rank - 1]}]`);
  requireFloating(op, "x", x);
  return x.shape.slice(2);
}

/** Checks a pooling of x over its last `rank` axes. Throws ShapeError, DtypeError or UsageError where it cannot be. */
export function requirePool<S extends Sizes>(
  op: string,
  x: Spec,
  rank: number,
  kernelSize: S,
  options: MaxPoolOptions<S>,
): PoolAxis[] {
  const lengths = requireSpatial(op, x, rank);
  const windows = requireWindows(op, rank, kernelSize, options);
  return windows.map((window, axis) => {
    const input = lengths[axis];
    const sides = { before: window.padding, after: window.padding };
    const output = requirePlaces(op, axis - rank, input, { ...window, ...sides }, options.ceilMode);
    return { ...window, input, output };
  });
}

/** The windows of each axis, whatever they move over. Throws UsageError where they cannot be. */
export function requireWindows<S extends Sizes>(
  op: string,
  rank: number,
  kernelSize: S,
  { stride, padding = 0, dilation = 1 }: MaxPoolOptions<Sizes>,
): Omit<PoolAxis, "input" | "output">[] {
  const kernels = requireEach(op, "the kernel size", kernelSize, rank, 1);
  const strides = requireEach(op, "stride", stride ?? kernelSize, rank, 1);
  const paddings = requireEach(op, "padding", padding, rank, 0);
  const dilations = requireEach(op, "dilation", dilation, rank, 1);
  return kernels.map((kernel, axis) => {
    const window = { kernel, stride: strides[axis], padding: paddings[axis], dilation: dilations[axis] };
    if (2 * window.padding <= kernel) return window;
    throw new UsageError(
      `${op}: padding ${window.padding} for a window of ${kernel}; it must be at most half of it.`,
    );
  });
}

/** An axis of so many elements that is left as it is. */
export function idleAxis(input: number): PoolAxis {
  return { kernel: 1, stride: 1, padding: 0, dilation: 1, input, output: input };
}

function planesOf(count: number, channels: number, rows: PoolAxis, columns: PoolAxis): Pool2dAttrs {
  const both = (key: keyof PoolAxis): [number, number] => [rows[key], columns[key]];
  return {
    window: {
      kernel: both("kernel"),
      stride: both("stride"),
      padding: both("padding"),
      dilation: both("dilation"),
    },
    input: [count, channels, ...both("input")],
    output: [count, channels, ...both("output")],
  };
}

/** The poolings of planes, one after the other, that pool x over `axes`. Those that would change nothing are left out. */
export function poolSteps({ shape: [batch, channels] }: Spec, axes: readonly PoolAxis[]): Pool2dAttrs[] {
  const [columns, rows = idleAxis(1), depth] = [...axes].reverse();
  if (depth === undefined) return [planesOf(batch, channels, rows, columns)];
  const steps = [
    planesOf(batch, channels * depth.input, rows, columns),
    planesOf(batch, channels, depth, idleAxis(rows.output * columns.output)),
  ];
  const moving = steps.filter(({ window }) => [...window.kernel, ...window.stride].some((size) => size > 1));
  return moving.length > 0 ? moving : steps.slice(1);
}

/** The shape of x pooled over `axes`. */
export function pooledShape({ shape: [batch, channels] }: Spec, axes: readonly PoolAxis[]): Shape {
  return [batch, channels, ...axes.map(({ output }) => output)];
}

/** What sums of means are divided by. Throws UsageError for what is no whole number of at least 1. */
export function requireDivisor(op: string, divisor: number | undefined): void {
  if (divisor !== undefined) requireWhole(`${op}: divisorOverride`, divisor, 1);
}
