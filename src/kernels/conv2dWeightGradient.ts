// The weight gradient of a convolution: the TypeScript half of its two shaders.
//
// Decides: into how many parts the sum over batch, rows and columns is split, and how each is cut up.
// Leaves to others: the sum over the parts.

import weightDirectSource from "../../shaders/conv2d_weight_gradient_direct.wgsl?raw";
import weightTiledSource from "../../shaders/conv2d_weight_gradient_tiled.wgsl?raw";
import { ceilDiv, roundUp } from "../base/integers.ts";
import {
  type Conv2dSizes,
  channelTiling,
  evenShare,
  flopsOf,
  isTiled,
  ofGroup,
  reachOf,
  tapBlocking,
  U32,
  windowParams,
  windowsOf,
} from "./conv2dSizes.ts";
import type { DeviceProfile, Dispatch, Kernel } from "./kernel.ts";
import { foldWorkgroups } from "./workgroups.ts";

/**
 * The sizes of a weight gradient whose sum is split into `splits` parts; behind the weights of each stands with `sums` what
 * dy adds up to for each channel: the gradient of a bias.
 */
export type Conv2dSplitSizes = Conv2dSizes & { readonly splits: number; readonly sums?: boolean };

const WORKGROUP_SIZE = 64;
/** How many invocations (direct) or workgroups (tiled) keep a device busy with a weight gradient. */
const BUSY_INVOCATIONS = { gpu: 32768, fallback: 512 };
const BUSY_WORKGROUPS = 512;
/** A part shorter than this many pixels costs more to add up than it gains. */
const SHORTEST_PART = 64;
/** The columns of one row that the direct weight gradient takes in one piece. */
const SEGMENT_COLUMNS = 256;

export const conv2dWeightGradientDirectKernel: Kernel = {
  name: "conv2d_weight_gradient_direct",
  source: weightDirectSource,
  inputs: ["dy", "x"],
  output: "dw",
  params: {
    splits: U32,
    units: U32,
    unitsPerPart: U32,
    segments: U32,
    segmentColumns: U32,
    pairs: U32,
    tapBlocks: U32,
    blocks: U32,
    ...windowParams,
  },
  constants: ["WORKGROUP_SIZE", "CHANNELS", "TAPS", "REACH", "MASKS", "SUMS"],
  prologue: [],
};

export const conv2dWeightGradientTiledKernel: Kernel = {
  name: "conv2d_weight_gradient_tiled",
  source: weightTiledSource,
  inputs: ["dy", "x"],
  output: "dw",
  params: {
    splits: U32,
    pixels: U32,
    pixelsPerPart: U32,
    channelTiles: U32,
    quadTiles: U32,
    tapQuads: U32,
    ...windowParams,
  },
  constants: ["THREADS_Y", "SUMS"],
  prologue: [],
};

/** Into how many parts `conv2dWeightGradient` should split its sum over batch, rows and columns. */
export function conv2dWeightGradientSplits(sizes: Conv2dSizes, device: DeviceProfile, sums = false): number {
  const { batch, heightOut, widthOut, channelsOut, kernelHeight, kernelWidth } = sizes;
  const { channelsIn } = ofGroup(sizes);
  const pixels = batch * heightOut * widthOut;
  const busy = isTiled(sizes, device)
    ? BUSY_WORKGROUPS / weightTiles(sizes).tiles
    : BUSY_INVOCATIONS[device.kind] / weightBlocks(sizes).invocations;
  const resultBytes = 4 * channelsOut * (channelsIn * kernelHeight * kernelWidth + (sums ? 1 : 0));
  const most = Math.min(pixels / SHORTEST_PART, device.maxBindingBytes / resultBytes);
  return Math.max(1, Math.floor(Math.min(Math.ceil(busy), most)));
}

/**
 * The gradient in w of `conv2dForward`, from dy and x, as `splits` partial sums: dw: [splits, channelsOut,
 * channelsIn / groups, kernelHeight, kernelWidth], or with sums flat for each part. Any number of splits is right; parts
 * past the end are 0.
 */
export function conv2dWeightGradient(sizes: Conv2dSplitSizes, device: DeviceProfile): Dispatch {
  return isTiled(sizes, device)
    ? conv2dWeightGradientTiled(sizes, device)
    : conv2dWeightGradientDirect(sizes, device);
}

export function conv2dWeightGradientDirect(
  { sums = false, ...sizes }: Conv2dSplitSizes,
  device: DeviceProfile,
): Dispatch {
  const { batch, channelsOut, heightOut, widthOut, splits } = sizes;
  const { CHANNELS, TAPS, invocations, ...counts } = weightBlocks(sizes);
  const segments = ceilDiv(widthOut, SEGMENT_COLUMNS);
  const units = batch * heightOut * segments;
  const unitsPerPart = ceilDiv(units, splits);
  const segmentColumns = roundUp(ceilDiv(widthOut, segments), 4);
  const MASKS = Number(widthOut % segmentColumns !== 0);
  const perPart = invocations + (sums ? channelsOut : 0);
  return {
    kernel: conv2dWeightGradientDirectKernel,
    params: { ...windowsOf(sizes), ...counts, splits, units, unitsPerPart, segments, segmentColumns },
    constants: { CHANNELS, TAPS, REACH: reachOf(sizes), MASKS, SUMS: Number(sums) },
    aligned: [],
    workgroups: foldWorkgroups(ceilDiv(perPart * splits, WORKGROUP_SIZE), device),
    flops: flopsOf(sizes),
  };
}

export function conv2dWeightGradientTiled(
  { sums = false, ...sizes }: Conv2dSplitSizes,
  device: DeviceProfile,
): Dispatch {
  const { batch, heightOut, widthOut, splits } = sizes;
  const { THREADS_Y, tiles, ...counts } = weightTiles(sizes);
  const pixels = batch * heightOut * widthOut;
  return {
    kernel: conv2dWeightGradientTiledKernel,
    params: { ...windowsOf(sizes), ...counts, splits, pixels, pixelsPerPart: ceilDiv(pixels, splits) },
    constants: { THREADS_Y, SUMS: Number(sums) },
    aligned: [],
    workgroups: foldWorkgroups(tiles * splits, device),
    flops: flopsOf(sizes),
  };
}

/** How the direct weight gradient cuts up one part. */
function weightBlocks(sizes: Conv2dSizes) {
  const { groups, kernelHeight, kernelWidth } = sizes;
  const { channelsIn, channelsOut } = ofGroup(sizes);
  const { TAPS, tapBlocks } = tapBlocking(kernelWidth);
  const CHANNELS = evenShare(channelsOut, 4);
  const pairs = ceilDiv(channelsIn * kernelHeight, 2);
  const blocks = ceilDiv(channelsOut, CHANNELS);
  return { CHANNELS, TAPS, pairs, tapBlocks, blocks, invocations: pairs * tapBlocks * blocks * groups };
}

/** How the tiled weight gradient cuts up one part. */
function weightTiles(sizes: Conv2dSizes) {
  const { groups, kernelHeight, kernelWidth } = sizes;
  const { channelsIn, channelsOut } = ofGroup(sizes);
  const { THREADS_Y, tiles: channelTiles } = channelTiling(channelsOut);
  const tapQuads = ceilDiv(channelsIn, 4);
  const quadTiles = ceilDiv(kernelHeight * kernelWidth * tapQuads, 16);
  return { THREADS_Y, tapQuads, quadTiles, channelTiles, tiles: quadTiles * channelTiles * groups };
}
