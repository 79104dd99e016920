// What the conv2d kernels share: the sizes of a convolution, the fields of `Params` that all of them have, and how rows
// of taps and channels are cut up.

import { ceilDiv, roundUp } from "../base/integers.ts";
import type { DeviceProfile, ParamType } from "./kernel.ts";

/**
 * All sizes of a convolution. Padding is what stands before an axis; `heightOut` and `widthOut` are any, since taps outside
 * of x count as 0: by them there is padding behind it.
 */
export interface Conv2dSizes {
  readonly batch: number;
  readonly channelsIn: number;
  readonly channelsOut: number;
  readonly heightIn: number;
  readonly widthIn: number;
  readonly heightOut: number;
  readonly widthOut: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly paddingY: number;
  readonly paddingX: number;
  readonly dilationY: number;
  readonly dilationX: number;
  /** Divides both channel counts. */
  readonly groups: number;
}

/** Below this many channels in a group, on either side, the direct kernels are faster than a tile. */
const TILED_CHANNELS = 16;
/** Taps of one row that a direct kernel takes in one turn of its loop. */
const MOST_TAPS = 8;

export const U32 = "u32" satisfies ParamType;

export const windowParams = {
  groups: U32,
  channelsIn: U32,
  channelsOut: U32,
  heightIn: U32,
  widthIn: U32,
  heightOut: U32,
  widthOut: U32,
  kernelHeight: U32,
  kernelWidth: U32,
  strideY: U32,
  strideX: U32,
  paddingY: U32,
  paddingX: U32,
  dilationY: U32,
  dilationX: U32,
} as const;

export function isTiled(sizes: Conv2dSizes, device: DeviceProfile): boolean {
  const { channelsIn, channelsOut } = ofGroup(sizes);
  return device.kind === "gpu" && Math.min(channelsIn, channelsOut) >= TILED_CHANNELS;
}

/** Whether every position sees its own pixel alone. */
export function isPointwise(sizes: Conv2dSizes): boolean {
  const { kernelHeight, kernelWidth, strideY, strideX, paddingY, paddingX } = sizes;
  const isOfOneSize = sizes.heightIn === sizes.heightOut && sizes.widthIn === sizes.widthOut;
  return isOfOneSize && kernelHeight * kernelWidth * strideY * strideX === 1 && paddingY + paddingX === 0;
}

export function ofGroup({ channelsIn, channelsOut, groups }: Conv2dSizes) {
  return { channelsIn: channelsIn / groups, channelsOut: channelsOut / groups };
}

/** What the shaders call channels are those of one group. */
export function windowsOf(sizes: Conv2dSizes): Record<keyof typeof windowParams, number> {
  const { batch: _, ...windows } = sizes;
  return { ...windows, ...ofGroup(sizes) };
}

/** How a direct kernel cuts up a row of `taps` taps. */
export function tapBlocking(taps: number): { TAPS: number; tapBlocks: number } {
  const TAPS = evenShare(taps, MOST_TAPS);
  return { TAPS, tapBlocks: ceilDiv(taps, TAPS) };
}

/** How many taps later a position sees what the next one sees now, where that is 1 or 2; else 0. */
export function reachOf({ strideX, dilationX }: Conv2dSizes): number {
  const taps = strideX / dilationX;
  return taps === 1 || taps === 2 ? taps : 0;
}

/** Tiles of 64 channels, or of 32 where that leaves much less of them empty. */
export function channelTiling(channels: number): { THREADS_Y: number; tiles: number } {
  const THREADS_Y = roundUp(channels, 64) > 1.25 * roundUp(channels, 32) ? 4 : 8;
  return { THREADS_Y, tiles: ceilDiv(channels, 8 * THREADS_Y) };
}

/** The share of `count` that each gets when all take about the same, and none more than `most`. */
export function evenShare(count: number, most: number): number {
  return ceilDiv(count, ceilDiv(count, most));
}

export function flopsOf(sizes: Conv2dSizes): number {
  const { batch, channelsOut, heightOut, widthOut, kernelHeight, kernelWidth } = sizes;
  const taps = ofGroup(sizes).channelsIn * kernelHeight * kernelWidth;
  return 2 * batch * channelsOut * heightOut * widthOut * taps;
}
