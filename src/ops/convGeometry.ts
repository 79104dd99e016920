// What convolutions over one, two and three axes share, and their transposes: options, what they refuse, and sizes.

import { ShapeError, UsageError } from "../base/errors.ts";
import type { Spec, Value } from "../graph/node.ts";
import { requireFloating, requireTensor } from "../tensor/dtype.ts";
import { printShape, requireRank } from "../tensor/shape.ts";
import { add } from "./add.ts";
import { reshape } from "./reshape.ts";
import {
  reachOf,
  requireEach,
  requirePlaces,
  requireSliding,
  type SlidingAxis,
  type SlidingOptions,
} from "./slidingWindow.ts";

/** How the filter of a convolution moves, and what is added. `Axes` has a number for each axis. */
export interface ConvOptions<T extends Value, Axes extends readonly number[]> extends SlidingOptions<Axes> {
  /** [channels out], added to every position. */
  readonly bias?: T;
  /** Channels are cut into so many groups that do not see each other. Default 1. */
  readonly groups?: number;
}

/** How the window of a transposed convolution moves over the output. `Axes` has a number for each axis. */
export interface ConvTransposeOptions<T extends Value, Axes extends readonly number[]> {
  /** [channels out], added to every position. */
  readonly bias?: T;
  /** Steps in the output between neighbours of the input. Default 1. */
  readonly stride?: number | Axes;
  /** Elements left out at each side of the output. Default 0. */
  readonly padding?: number | Axes;
  /** Elements added at the end of each axis, fewer than the stride or the dilation. Default 0. */
  readonly outputPadding?: number | Axes;
  /** Distance between taps. Default 1. */
  readonly dilation?: number | Axes;
  /** Channels are cut into so many groups that do not see each other. Default 1. */
  readonly groups?: number;
}

/** One axis of a convolution: `input` elements, over which a window stands at `output` places. */
export interface ConvAxis extends SlidingAxis {
  readonly input: number;
  readonly output: number;
}

/** A convolution as it was checked; of a transpose the convolution that it turns round, whose output is its x. */
export interface ConvGeometry {
  readonly axes: readonly ConvAxis[];
  readonly groups: number;
}

/** An axis of one element that is left as it is. */
export const unitAxis: ConvAxis = {
  kernel: 1,
  stride: 1,
  dilation: 1,
  before: 0,
  after: 0,
  input: 1,
  output: 1,
};

/** Whether each place of the axis sees that place alone. */
export function isUntouched({ kernel, stride, before, input, output }: ConvAxis): boolean {
  return kernel === 1 && stride === 1 && before === 0 && input === output;
}

/** The sizes of a convolution over `count` axes. Throws ShapeError, DtypeError or UsageError where they do not fit. */
export function requireConv(
  op: string,
  x: Spec,
  w: Spec,
  options: ConvOptions<Value, readonly number[]>,
  count: number,
): ConvGeometry {
  requireInputs(op, x, w, "channels out, channels in / groups", count);
  const { groups = 1, bias } = options;
  const channelsIn = x.shape[1];
  const [channelsOut, channelsPerGroup] = w.shape;
  if (!Number.isInteger(groups) || groups < 1 || channelsIn % groups !== 0 || channelsOut % groups !== 0) {
    throw new UsageError(
      `${op}: ${groups} groups for ${channelsIn} channels in and ${channelsOut} out; groups must divide both.`,
    );
  }
  if (channelsPerGroup * groups !== channelsIn) {
    throw new ShapeError(
      `${op}: w ${printShape(w.shape)} takes ${channelsPerGroup} channels in each of ${groups} groups, x ${printShape(x.shape)} has ${channelsIn}; they must agree.`,
    );
  }
  const axes = requireSliding(op, kernelOf(op, w), options).map((window, axis) => {
    const input = x.shape[axis + 2];
    return { ...window, input, output: requirePlaces(op, axis - count, input, window) };
  });
  requireBias(op, bias, channelsOut);
  return { axes, groups };
}

/** The sizes of the convolution of which a transpose over `count` axes is one. Throws as `requireConv`. */
export function requireConvTranspose(
  op: string,
  x: Spec,
  w: Spec,
  options: ConvTransposeOptions<Value, readonly number[]>,
  count: number,
): ConvGeometry {
  requireInputs(op, x, w, "channels in, channels out / groups", count);
  const { groups = 1, padding = 0, outputPadding = 0, bias } = options;
  const channelsIn = x.shape[1];
  if (!Number.isInteger(groups) || groups < 1 || channelsIn % groups !== 0) {
    throw new UsageError(`${op}: ${groups} groups for ${channelsIn} channels in; groups must divide them.`);
  }
  if (w.shape[0] !== channelsIn) {
    throw new ShapeError(
      `${op}: w ${printShape(w.shape)} takes ${w.shape[0]} channels, x ${printShape(x.shape)} has ${channelsIn}; they must agree.`,
    );
  }
  const sides = requireEach(op, "padding", padding, count, 0);
  const windows = requireSliding(op, kernelOf(op, w), { ...options, padding: sides });
  const added = requireEach(op, "outputPadding", outputPadding, count, 0);
  const axes = windows.map((window, axis) => {
    const output = x.shape[axis + 2];
    return { ...window, input: spreadLength(op, axis - count, output, window, added[axis]), output };
  });
  requireBias(op, bias, w.shape[1] * groups);
  return { axes, groups };
}

/** y + bias, a number for each channel. y: [batch, channels, ...]. */
export function addBias<T extends Value>(y: T, bias: T | undefined): T {
  return bias === undefined ? y : add(y, reshape(bias, [1, -1, ...y.shape.slice(2).fill(1)]));
}

function requireInputs(op: string, x: Spec, w: Spec, channels: string, count: number): void {
  requireFloating(op, "x", x);
  requireFloating(op, "w", w);
  const names = count === 1 ? ["length"] : ["depth", "height", "width"].slice(3 - count);
  requireRank(op, "x", x.shape, count + 2, `[batch, channels, ${names.join(", ")}]`);
  const kernels = names.map((name) => `kernel ${name}`);
  requireRank(op, "w", w.shape, count + 2, `[${channels}, ${kernels.join(", ")}]`);
}

function kernelOf(op: string, { shape }: Spec): readonly number[] {
  return requireEach(op, "the kernel size", shape.slice(2), shape.length - 2, 1);
}

function requireBias(op: string, bias: Spec | undefined, channels: number): void {
  if (bias === undefined) return;
  requireTensor(op, "bias", bias);
  if (bias.shape.length === 1 && bias.shape[0] === channels) return;
  throw new ShapeError(
    `${op}: bias is ${printShape(bias.shape)}; it must be [${channels}], a number for each channel out.`,
  );
}

/** What `length` places spread over. */
function spreadLength(op: string, axis: number, length: number, window: SlidingAxis, added: number): number {
  const most = Math.max(window.stride, window.dilation) - 1;
  if (added > most) {
    throw new UsageError(
      `${op}: outputPadding is ${added} for stride ${window.stride} and dilation ${window.dilation}; it must be below one of them, at most ${most}.`,
    );
  }
  const spread = (length - 1) * window.stride + reachOf(window) - window.before - window.after + added;
  if (length < 1 || spread < 1) {
    throw new ShapeError(
      `${op}: axis ${axis} has ${length} and would become ${spread}; both must be at least 1.`,
    );
  }
  return spread;
}
