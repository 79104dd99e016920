// Three-dimensional convolution by two-dimensional: slices of the depth are items, and the taps along depth are channels.
//
// Decides: when depth, and not the plane, is what remains to be convolved; and when its values are set in order first. Channels
// go before taps, so that groups hold.

import type { Value } from "../graph/node.ts";
import { contiguous } from "./contiguous.ts";
import { type Conv2dAttrs, conv2dAttrs } from "./conv2dShape.ts";
import { type ConvAxis, type ConvGeometry, isUntouched, unitAxis } from "./convGeometry.ts";
import { overlapAdd } from "./overlapAdd.ts";
import { pad } from "./pad.ts";
import { permute } from "./permute.ts";
import { reshape } from "./reshape.ts";
import { reachOf } from "./slidingWindow.ts";
import { windowsAlong } from "./unfold.ts";

/** A three-dimensional convolution as the two-dimensional one that computes it. */
export interface PlaneConv {
  readonly attrs: Conv2dAttrs;
  /** The axis whose taps are channels; none where the plane is left as it is, and depth is convolved in its stead. */
  readonly depth: ConvAxis | undefined;
  /** Whether windows of the plane overlap, so that each element is loaded again and again. */
  readonly isReadAgain: boolean;
}

/** How a convolution over depth, height and width with these numbers of channels is computed. */
export function planeConv(
  { axes, groups }: ConvGeometry,
  batch: number,
  channelsIn: number,
  channelsOut: number,
): PlaneConv {
  const [depth, ...plane] = axes;
  if (plane.every(isUntouched)) {
    const pixels = plane[0].input * plane[1].input;
    const row = { ...unitAxis, input: pixels, output: pixels };
    const attrs = conv2dAttrs(batch, channelsIn, channelsOut, [depth, row], groups);
    return { attrs, depth: undefined, isReadAgain: false };
  }
  const items = batch * depth.output;
  return {
    attrs: conv2dAttrs(items, channelsIn * depth.kernel, channelsOut, plane, groups),
    depth,
    isReadAgain: plane.some(({ kernel, stride }) => kernel > stride),
  };
}

/** [batch, channels, depth, height, width] -> [batch * places of the window, channels * taps, height, width]. */
export function tapsToChannels<T extends Value>(x: T, conv: PlaneConv): T {
  const { attrs, depth } = conv;
  if (depth === undefined) return reshape(x, attrs.input);
  const { kernel: size, stride: step, dilation, before, input, output } = depth;
  const after = Math.max(0, (output - 1) * step + reachOf(depth) - before - input);
  const padded = pad(x, [0, 0, 0, 0, before, after]);
  const windows = windowsAlong(padded, 2, { size, step, dilation }); // [batch, channels, place, y, x, tap]
  return inOrder(reshape(permute(windows, [0, 2, 1, 5, 3, 4]), attrs.input), conv);
}

/** The adjoint of `tapsToChannels`, to the shape that x has there. */
export function channelsToTaps<T extends Value>(y: T, conv: PlaneConv, shape: readonly number[]): T {
  const { depth } = conv;
  if (depth === undefined) return reshape(y, shape);
  const [batch, channels, , height, width] = shape;
  const { kernel, stride: step, dilation, before, after, input: length, output } = depth;
  const taps = reshape(inOrder(y, conv), [batch, output, channels, kernel, height, width]);
  const windows = permute(taps, [0, 1, 2, 4, 5, 3]);
  return swapDepth(overlapAdd(windows, 1, { step, dilation, before, after, length }));
}

/** [batch, channels, depth, height, width] -> [batch * depth, channels, height, width]. */
export function depthToItems<T extends Value>(y: T, conv: PlaneConv): T {
  const { attrs, depth } = conv;
  return depth === undefined ? reshape(y, attrs.output) : inOrder(reshape(swapDepth(y), attrs.output), conv);
}

/** The inverse of `depthToItems`, to this shape. */
export function itemsToDepth<T extends Value>(y: T, conv: PlaneConv, shape: readonly number[]): T {
  if (conv.depth === undefined) return reshape(y, shape);
  const [batch, channels, slices, ...plane] = shape;
  return swapDepth(reshape(inOrder(y, conv), [batch, slices, channels, ...plane]));
}

/** What a convolution reads of `items`, or of their gradient, in one order. */
function inOrder<T extends Value>(items: T, { isReadAgain }: PlaneConv): T {
  return isReadAgain ? contiguous(items) : items;
}

function swapDepth<T extends Value>(x: T): T {
  return permute(x, [0, 2, 1, 3, 4]);
}
