// The TypeScript half of the six conv2d shaders: two-dimensional convolution and its two gradients, NCHW, no bias.
//
// Decides: direct or tiled, how many channels or taps one invocation takes, and into how many parts the sum of the
// weight gradient is split. Direct kernels use no workgroup memory: they serve the fallback profile, and depthwise
// and thin groups, where a tile of an implicit GEMM would mostly hold nothing.
// Leaves to others: bias and activation (fused behind the store), and the sum over the parts.

import directSource from "../../shaders/conv2d_direct.wgsl?raw";
import inputDirectSource from "../../shaders/conv2d_input_gradient_direct.wgsl?raw";
import inputTiledSource from "../../shaders/conv2d_input_gradient_tiled.wgsl?raw";
import tiledSource from "../../shaders/conv2d_tiled.wgsl?raw";
import weightDirectSource from "../../shaders/conv2d_weight_gradient_direct.wgsl?raw";
import weightTiledSource from "../../shaders/conv2d_weight_gradient_tiled.wgsl?raw";
import { ceilDiv, roundUp } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel, ParamType } from "./kernel.ts";
import { foldWorkgroups } from "./workgroups.ts";

/** All sizes of a convolution. `heightOut` and `widthOut` follow from the others; the op checks that they do. */
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

/** The sizes of a weight gradient whose sum is split into `splits` parts. */
export type Conv2dSplitSizes = Conv2dSizes & { readonly splits: number };

const WORKGROUP_SIZE = 64;
/** Below this many channels in a group, on either side, the direct kernels are faster than a tile. */
const TILED_CHANNELS = 16;
/** Channels of one group that an invocation of a direct kernel computes: more on a device that gains from reuse alone. */
const DIRECT_CHANNELS = { gpu: 4, fallback: 8 };
/** How many invocations (direct) or workgroups (tiled) keep a device busy with a weight gradient. */
const BUSY_INVOCATIONS = { gpu: 32768, fallback: 512 };
const BUSY_WORKGROUPS = 512;
/** A part shorter than this many pixels costs more to add up than it gains. */
const SHORTEST_PART = 64;
/** The columns of one row that the direct weight gradient takes in one piece. */
const SEGMENT_COLUMNS = 256;
const MOST_TAPS = 8;

const U32 = "u32" satisfies ParamType;

const windowParams = {
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

const phaseParams = {
  phases: U32,
  phaseHeight: U32,
  phaseWidth: U32,
  gcdY: U32,
  gcdX: U32,
  inverseY: U32,
  inverseX: U32,
} as const;

const quadParams = { pairs: U32, quads: U32, blocks: U32, batch: U32 } as const;
const tileParams = { channelTiles: U32, pixelTiles: U32, pixels: U32 } as const;

export const conv2dDirectKernel: Kernel = {
  name: "conv2d_direct",
  source: directSource,
  inputs: ["x", "w"],
  output: "y",
  params: { ...quadParams, ...windowParams },
  constants: ["WORKGROUP_SIZE", "CHANNELS", "SLIDES"],
  prologue: [],
};

export const conv2dTiledKernel: Kernel = {
  name: "conv2d_tiled",
  source: tiledSource,
  inputs: ["x", "w"],
  output: "y",
  params: { ...tileParams, ...windowParams },
  constants: ["THREADS_Y", "POINTWISE", "WHOLE_QUADS"],
  prologue: [],
};

export const conv2dInputGradientDirectKernel: Kernel = {
  name: "conv2d_input_gradient_direct",
  source: inputDirectSource,
  inputs: ["dy", "w"],
  output: "dx",
  params: { ...quadParams, ...windowParams, ...phaseParams },
  constants: ["WORKGROUP_SIZE", "CHANNELS", "SLIDES"],
  prologue: [],
};

export const conv2dInputGradientTiledKernel: Kernel = {
  name: "conv2d_input_gradient_tiled",
  source: inputTiledSource,
  inputs: ["dy", "w"],
  output: "dx",
  params: { ...tileParams, ...windowParams, ...phaseParams },
  constants: ["THREADS_Y", "WHOLE_QUADS"],
  prologue: [],
};

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
  constants: ["WORKGROUP_SIZE", "CHANNELS", "TAPS", "SLIDES"],
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
  constants: ["THREADS_Y"],
  prologue: [],
};

/**
 * y = x * w, as PyTorch's conv2d (a cross-correlation). x: [batch, channelsIn, heightIn, widthIn]; w: [channelsOut,
 * channelsIn / groups, kernelHeight, kernelWidth]; y: [batch, channelsOut, heightOut, widthOut].
 */
export function conv2dForward(sizes: Conv2dSizes, device: DeviceProfile): Dispatch {
  return isTiled(sizes, device) ? conv2dTiled(sizes, device) : conv2dDirect(sizes, device);
}

/**
 * The gradient in x of `conv2dForward`, from dy and w; also the forward pass of a transposed convolution. Rows and
 * columns of dx that no window covers are 0.
 */
export function conv2dInputGradient(sizes: Conv2dSizes, device: DeviceProfile): Dispatch {
  return isTiled(sizes, device)
    ? conv2dInputGradientTiled(sizes, device)
    : conv2dInputGradientDirect(sizes, device);
}

/** Into how many parts `conv2dWeightGradient` should split its sum over batch, rows and columns. */
export function conv2dWeightGradientSplits(sizes: Conv2dSizes, device: DeviceProfile): number {
  const { batch, heightOut, widthOut, channelsOut, kernelHeight, kernelWidth } = sizes;
  const { channelsIn } = ofGroup(sizes);
  const pixels = batch * heightOut * widthOut;
  const busy = isTiled(sizes, device)
    ? BUSY_WORKGROUPS / weightTiles(sizes).tiles
    : BUSY_INVOCATIONS[device.kind] / weightBlocks(sizes).invocations;
  const resultBytes = 4 * channelsOut * channelsIn * kernelHeight * kernelWidth;
  const most = Math.min(pixels / SHORTEST_PART, device.maxBindingBytes / resultBytes);
  return Math.max(1, Math.floor(Math.min(Math.ceil(busy), most)));
}

/**
 * The gradient in w of `conv2dForward`, from dy and x, as `splits` partial sums: dw: [splits, channelsOut,
 * channelsIn / groups, kernelHeight, kernelWidth]. Any number of splits is right; parts past the end are 0.
 */
export function conv2dWeightGradient(sizes: Conv2dSplitSizes, device: DeviceProfile): Dispatch {
  return isTiled(sizes, device)
    ? conv2dWeightGradientTiled(sizes, device)
    : conv2dWeightGradientDirect(sizes, device);
}

export function conv2dDirect(sizes: Conv2dSizes, device: DeviceProfile): Dispatch {
  const { batch, groups, heightOut, widthOut, dilationX } = sizes;
  const { channelsOut } = ofGroup(sizes);
  const CHANNELS = evenShare(channelsOut, DIRECT_CHANNELS[device.kind]);
  const quads = ceilDiv(widthOut, 4);
  const pairs = ceilDiv(batch * heightOut * quads, 2);
  const blocks = ceilDiv(channelsOut, CHANNELS);
  return {
    kernel: conv2dDirectKernel,
    params: { ...windowsOf(sizes), pairs, quads, blocks, batch },
    constants: { CHANNELS, SLIDES: Number(dilationX === 1) },
    aligned: [],
    workgroups: foldWorkgroups(ceilDiv(pairs * blocks * groups, WORKGROUP_SIZE), device),
    flops: flopsOf(sizes),
  };
}

export function conv2dTiled(sizes: Conv2dSizes, device: DeviceProfile): Dispatch {
  const { batch, groups, heightOut, widthOut } = sizes;
  const { THREADS_Y, tiles: channelTiles } = channelTiling(ofGroup(sizes).channelsOut);
  const pixels = batch * heightOut * widthOut;
  const pixelTiles = ceilDiv(pixels, 64);
  const wholeQuads = (heightOut * widthOut) % 4 === 0;
  const pointwise = wholeQuads && isPointwise(sizes);
  return {
    kernel: conv2dTiledKernel,
    params: { ...windowsOf(sizes), channelTiles, pixelTiles, pixels },
    constants: { THREADS_Y, POINTWISE: Number(pointwise), WHOLE_QUADS: Number(wholeQuads) },
    aligned: [...(pointwise ? ["x"] : []), ...(wholeQuads ? ["y"] : [])],
    workgroups: foldWorkgroups(channelTiles * pixelTiles * groups, device),
    flops: flopsOf(sizes),
  };
}

export function conv2dInputGradientDirect(sizes: Conv2dSizes, device: DeviceProfile): Dispatch {
  const { batch, groups } = sizes;
  const { channelsIn } = ofGroup(sizes);
  const phases = phasesOf(sizes);
  const CHANNELS = evenShare(channelsIn, DIRECT_CHANNELS[device.kind]);
  const quads = ceilDiv(phases.phaseWidth, 4);
  const pairs = ceilDiv(batch * phases.phaseHeight * quads, 2);
  const blocks = ceilDiv(channelsIn, CHANNELS);
  const invocations = pairs * blocks * groups * phases.phases;
  return {
    kernel: conv2dInputGradientDirectKernel,
    params: { ...windowsOf(sizes), ...phases, pairs, quads, blocks, batch },
    constants: { CHANNELS, SLIDES: Number(sizes.dilationX === phases.gcdX) },
    aligned: [],
    workgroups: foldWorkgroups(ceilDiv(invocations, WORKGROUP_SIZE), device),
    flops: flopsOf(sizes),
  };
}

export function conv2dInputGradientTiled(sizes: Conv2dSizes, device: DeviceProfile): Dispatch {
  const { batch, groups, heightIn, widthIn } = sizes;
  const phases = phasesOf(sizes);
  const { THREADS_Y, tiles: channelTiles } = channelTiling(ofGroup(sizes).channelsIn);
  const pixels = batch * phases.phaseHeight * phases.phaseWidth;
  const pixelTiles = ceilDiv(pixels, 64);
  const wholeQuads = phases.phases === 1 && (heightIn * widthIn) % 4 === 0;
  return {
    kernel: conv2dInputGradientTiledKernel,
    params: { ...windowsOf(sizes), ...phases, channelTiles, pixelTiles, pixels },
    constants: { THREADS_Y, WHOLE_QUADS: Number(wholeQuads) },
    aligned: wholeQuads ? ["dx"] : [],
    workgroups: foldWorkgroups(channelTiles * pixelTiles * groups * phases.phases, device),
    flops: flopsOf(sizes),
  };
}

export function conv2dWeightGradientDirect(sizes: Conv2dSplitSizes, device: DeviceProfile): Dispatch {
  const { batch, heightOut, widthOut, strideX, dilationX, splits } = sizes;
  const { CHANNELS, TAPS, invocations, ...counts } = weightBlocks(sizes);
  const segments = ceilDiv(widthOut, SEGMENT_COLUMNS);
  const units = batch * heightOut * segments;
  const unitsPerPart = ceilDiv(units, splits);
  const segmentColumns = ceilDiv(widthOut, segments);
  return {
    kernel: conv2dWeightGradientDirectKernel,
    params: { ...windowsOf(sizes), ...counts, splits, units, unitsPerPart, segments, segmentColumns },
    constants: { CHANNELS, TAPS, SLIDES: Number(strideX === dilationX) },
    aligned: [],
    workgroups: foldWorkgroups(ceilDiv(invocations * splits, WORKGROUP_SIZE), device),
    flops: flopsOf(sizes),
  };
}

export function conv2dWeightGradientTiled(sizes: Conv2dSplitSizes, device: DeviceProfile): Dispatch {
  const { batch, heightOut, widthOut, splits } = sizes;
  const { THREADS_Y, tiles, ...counts } = weightTiles(sizes);
  const pixels = batch * heightOut * widthOut;
  return {
    kernel: conv2dWeightGradientTiledKernel,
    params: { ...windowsOf(sizes), ...counts, splits, pixels, pixelsPerPart: ceilDiv(pixels, splits) },
    constants: { THREADS_Y },
    aligned: [],
    workgroups: foldWorkgroups(tiles * splits, device),
    flops: flopsOf(sizes),
  };
}

function isTiled(sizes: Conv2dSizes, device: DeviceProfile): boolean {
  const { channelsIn, channelsOut } = ofGroup(sizes);
  return device.kind === "gpu" && Math.min(channelsIn, channelsOut) >= TILED_CHANNELS;
}

function isPointwise(sizes: Conv2dSizes): boolean {
  const { kernelHeight, kernelWidth, strideY, strideX, paddingY, paddingX } = sizes;
  return kernelHeight * kernelWidth * strideY * strideX === 1 && paddingY + paddingX === 0;
}

function ofGroup({ channelsIn, channelsOut, groups }: Conv2dSizes) {
  return { channelsIn: channelsIn / groups, channelsOut: channelsOut / groups };
}

/** What the shaders call channels are those of one group. */
function windowsOf(sizes: Conv2dSizes): Record<keyof typeof windowParams, number> {
  const { batch: _, ...windows } = sizes;
  return { ...windows, ...ofGroup(sizes) };
}

function phasesOf(sizes: Conv2dSizes): Record<keyof typeof phaseParams, number> {
  const { heightIn, widthIn, strideY, strideX, dilationY, dilationX } = sizes;
  const gcdY = greatestCommonDivisor(strideY, dilationY);
  const gcdX = greatestCommonDivisor(strideX, dilationX);
  return {
    phases: strideY * strideX,
    phaseHeight: ceilDiv(heightIn, strideY),
    phaseWidth: ceilDiv(widthIn, strideX),
    gcdY,
    gcdX,
    inverseY: modularInverse(dilationY / gcdY, strideY / gcdY),
    inverseX: modularInverse(dilationX / gcdX, strideX / gcdX),
  };
}

/** How the direct weight gradient cuts up one part. */
function weightBlocks(sizes: Conv2dSizes) {
  const { groups, kernelHeight, kernelWidth } = sizes;
  const { channelsIn, channelsOut } = ofGroup(sizes);
  const TAPS = evenShare(kernelWidth, MOST_TAPS);
  const CHANNELS = evenShare(channelsOut, 4);
  const pairs = ceilDiv(channelsIn * kernelHeight, 2);
  const tapBlocks = ceilDiv(kernelWidth, TAPS);
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

/** Tiles of 64 channels, or of 32 where that leaves much less of them empty. */
function channelTiling(channels: number): { THREADS_Y: number; tiles: number } {
  const THREADS_Y = roundUp(channels, 64) > 1.25 * roundUp(channels, 32) ? 4 : 8;
  return { THREADS_Y, tiles: ceilDiv(channels, 8 * THREADS_Y) };
}

/** The share of `count` that each gets when all take about the same, and none more than `most`. */
function evenShare(count: number, most: number): number {
  return ceilDiv(count, ceilDiv(count, most));
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** The number below `modulus` whose product with `value` leaves 1; they have no common divisor. 0 for modulus 1. */
function modularInverse(value: number, modulus: number): number {
  for (let inverse = 1; inverse < modulus; inverse++) if ((value * inverse) % modulus === 1) return inverse;
  return 0;
}

function flopsOf(sizes: Conv2dSizes): number {
  const { batch, channelsOut, heightOut, widthOut, kernelHeight, kernelWidth } = sizes;
  const taps = ofGroup(sizes).channelsIn * kernelHeight * kernelWidth;
  return 2 * batch * channelsOut * heightOut * widthOut * taps;
}
