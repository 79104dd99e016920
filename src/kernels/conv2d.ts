// The TypeScript half of four conv2d shaders: two-dimensional convolution and its gradient in x, NCHW, no bias. That in w
// has a file of its own.
//
// Decides: direct or tiled, and how many channels or taps one invocation takes. Direct kernels use no workgroup memory:
// they serve the fallback profile, and depthwise and thin groups, where a tile of an implicit GEMM would mostly hold
// nothing.
// Leaves to others: bias and activation (fused behind the store).

import directSource from "../../shaders/conv2d_direct.wgsl?raw";
import inputDirectSource from "../../shaders/conv2d_input_gradient_direct.wgsl?raw";
import inputTiledSource from "../../shaders/conv2d_input_gradient_tiled.wgsl?raw";
import tiledSource from "../../shaders/conv2d_tiled.wgsl?raw";
import { ceilDiv } from "../base/integers.ts";
import {
  type Conv2dSizes,
  channelTiling,
  evenShare,
  flopsOf,
  isPointwise,
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

const WORKGROUP_SIZE = 64;
/** Channels of one group that an invocation of a direct kernel computes: more on a device that gains from reuse alone. */
const DIRECT_CHANNELS = { gpu: 4, fallback: 8 };

const phaseParams = {
  phases: U32,
  phaseHeight: U32,
  phaseWidth: U32,
  gcdY: U32,
  gcdX: U32,
  inverseY: U32,
  inverseX: U32,
} as const;

const quadParams = { pairs: U32, quads: U32, blocks: U32, tapBlocks: U32, batch: U32 } as const;
const tileParams = { channelTiles: U32, pixelTiles: U32, pixels: U32 } as const;

export const conv2dDirectKernel: Kernel = {
  name: "conv2d_direct",
  source: directSource,
  inputs: ["x", "w"],
  output: "y",
  params: { ...quadParams, ...windowParams },
  constants: ["WORKGROUP_SIZE", "CHANNELS", "TAPS", "REACH", "MASKS"],
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
  constants: ["WORKGROUP_SIZE", "CHANNELS", "TAPS", "SLIDES", "UNEVEN", "MASKS"],
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

export function conv2dDirect(sizes: Conv2dSizes, device: DeviceProfile): Dispatch {
  const { batch, groups, heightOut, widthOut, kernelWidth } = sizes;
  const { channelsOut } = ofGroup(sizes);
  const CHANNELS = evenShare(channelsOut, DIRECT_CHANNELS[device.kind]);
  const { TAPS, tapBlocks } = tapBlocking(kernelWidth);
  const quads = ceilDiv(widthOut, 4);
  const pairs = ceilDiv(batch * heightOut * quads, 2);
  const blocks = ceilDiv(channelsOut, CHANNELS);
  return {
    kernel: conv2dDirectKernel,
    params: { ...windowsOf(sizes), pairs, quads, blocks, tapBlocks, batch },
    constants: { CHANNELS, TAPS, REACH: reachOf(sizes), MASKS: Number(kernelWidth % TAPS !== 0) },
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
  const { batch, groups, kernelWidth, strideX, dilationX } = sizes;
  const { channelsIn } = ofGroup(sizes);
  const phases = phasesOf(sizes);
  const CHANNELS = evenShare(channelsIn, DIRECT_CHANNELS[device.kind]);
  const quads = ceilDiv(phases.phaseWidth, 4);
  const pairs = ceilDiv(batch * phases.phaseHeight * quads, 2);
  const blocks = ceilDiv(channelsIn, CHANNELS);
  const invocations = pairs * blocks * groups * phases.phases;
  const tapStep = strideX / phases.gcdX;
  const { TAPS, tapBlocks } = tapBlocking(ceilDiv(kernelWidth, tapStep));
  const isUneven = kernelWidth % (tapStep * TAPS) !== 0;
  const UNEVEN = Number(isUneven && tapBlocks === 1 && TAPS > 1);
  const MASKS = Number(isUneven && tapBlocks > 1);
  return {
    kernel: conv2dInputGradientDirectKernel,
    params: { ...windowsOf(sizes), ...phases, pairs, quads, blocks, tapBlocks, batch },
    constants: { CHANNELS, TAPS, SLIDES: Number(dilationX === phases.gcdX), UNEVEN, MASKS },
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

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** The number below `modulus` whose product with `value` leaves 1; they have no common divisor. 0 for modulus 1. */
function modularInverse(value: number, modulus: number): number {
  for (let inverse = 1; inverse < modulus; inverse++) if ((value * inverse) % modulus === 1) return inverse;
  return 0;
}
