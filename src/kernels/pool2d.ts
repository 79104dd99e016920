// The TypeScript half of the max_pool2d and avg_pool2d shaders: pooling over windows of rows and columns.
//
// Decides: which of the two gradients of a maximum runs. Where no two windows can share an element, one invocation
// per window finds the largest one once; else each element asks all windows that cover it.
// Leaves to others: output sizes, PyTorch's ceil mode included (the op).

import avgForwardSource from "../../shaders/avg_pool2d_forward.wgsl?raw";
import avgGradientSource from "../../shaders/avg_pool2d_gradient.wgsl?raw";
import maxForwardSource from "../../shaders/max_pool2d_forward.wgsl?raw";
import maxGatherSource from "../../shaders/max_pool2d_gather.wgsl?raw";
import maxCellsSource from "../../shaders/max_pool2d_gradient_cells.wgsl?raw";
import maxWindowsSource from "../../shaders/max_pool2d_gradient_windows.wgsl?raw";
import { ceilDiv } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel, ParamType } from "./kernel.ts";
import { foldWorkgroups } from "./workgroups.ts";

/** All sizes of a pooling. `heightOut` and `widthOut` follow from the others; the op checks that they do. */
export interface Pool2dSizes {
  /** Items times channels. */
  readonly planes: number;
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
}

/** The sizes of an average, and what its sums are divided by. */
export interface AvgPool2dSizes extends Pool2dSizes {
  /** Whether the zeros of the padding count as elements. */
  readonly countIncludePad: boolean;
  /** In the place of how many elements there are. */
  readonly divisor?: number;
}

const WORKGROUP_SIZE = 64;
const U32 = "u32" satisfies ParamType;

const windowParams = {
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

export const maxPool2dForwardKernel: Kernel = {
  name: "max_pool2d_forward",
  source: maxForwardSource,
  inputs: ["x"],
  output: "y",
  params: { invocations: U32, quads: U32, ...windowParams },
  constants: ["WORKGROUP_SIZE"],
  prologue: [],
};

export const maxPool2dGatherKernel: Kernel = {
  name: "max_pool2d_gather",
  source: maxGatherSource,
  inputs: ["x", "g"],
  output: "y",
  params: { count: U32, ...windowParams },
  constants: ["WORKGROUP_SIZE"],
  prologue: ["g"],
};

export const maxPool2dGradientCellsKernel: Kernel = {
  name: "max_pool2d_gradient_cells",
  source: maxCellsSource,
  inputs: ["x", "dy"],
  output: "dx",
  params: { cells: U32, cellRows: U32, cellCols: U32, ...windowParams },
  constants: ["WORKGROUP_SIZE"],
  prologue: ["x", "dy"],
};

export const maxPool2dGradientWindowsKernel: Kernel = {
  name: "max_pool2d_gradient_windows",
  source: maxWindowsSource,
  inputs: ["x", "dy"],
  output: "dx",
  params: { count: U32, extentY: U32, extentX: U32, ...windowParams },
  constants: ["WORKGROUP_SIZE"],
  prologue: [],
};

export const avgPool2dForwardKernel: Kernel = {
  name: "avg_pool2d_forward",
  source: avgForwardSource,
  inputs: ["x"],
  output: "y",
  params: { invocations: U32, quads: U32, marginY: U32, marginX: U32, divisor: "f32", ...windowParams },
  constants: ["WORKGROUP_SIZE"],
  prologue: [],
};

export const avgPool2dGradientKernel: Kernel = {
  name: "avg_pool2d_gradient",
  source: avgGradientSource,
  inputs: ["dy"],
  output: "dx",
  params: {
    invocations: U32,
    quads: U32,
    extentY: U32,
    extentX: U32,
    marginY: U32,
    marginX: U32,
    divisor: "f32",
    ...windowParams,
  },
  constants: ["WORKGROUP_SIZE", "DILATED", "APART"],
  prologue: [],
};

/**
 * y = the largest element of each window. x: [planes, heightIn, widthIn]; y: [planes, heightOut, widthOut]. Padding
 * counts as -infinity; a window with a NaN gives NaN, as in PyTorch.
 */
export function maxPool2d(sizes: Pool2dSizes, device: DeviceProfile): Dispatch {
  const { invocations, quads } = quadsOf(sizes);
  return {
    kernel: maxPool2dForwardKernel,
    params: { ...windowsOf(sizes), invocations, quads },
    ...plainLaunch(invocations, device),
    flops: comparisonsOf(sizes),
  };
}

/**
 * The gradient of `maxPool2d` from x and dy: dy of a window goes to its first largest element in row-major order, or
 * to its last NaN, as in PyTorch.
 */
export function maxPool2dGradient(sizes: Pool2dSizes, device: DeviceProfile): Dispatch {
  return isApart(sizes) ? maxPool2dGradientCells(sizes, device) : maxPool2dGradientWindows(sizes, device);
}

/** y = g [like x] where `maxPool2d` took its element from: what the second gradient needs. 0 for an empty window. */
export function maxPool2dGather(sizes: Pool2dSizes, device: DeviceProfile): Dispatch {
  const count = sizes.planes * sizes.heightOut * sizes.widthOut;
  return {
    kernel: maxPool2dGatherKernel,
    params: { ...windowsOf(sizes), count },
    ...plainLaunch(count, device),
    flops: comparisonsOf(sizes),
  };
}

/** `maxPool2dGradient` where the strides are not below the windows' extents. */
export function maxPool2dGradientCells(sizes: Pool2dSizes, device: DeviceProfile): Dispatch {
  const cellRows = ceilDiv(sizes.heightIn + sizes.paddingY, sizes.strideY);
  const cellCols = ceilDiv(sizes.widthIn + sizes.paddingX, sizes.strideX);
  const cells = sizes.planes * cellRows * cellCols;
  return {
    kernel: maxPool2dGradientCellsKernel,
    params: { ...windowsOf(sizes), cells, cellRows, cellCols },
    ...plainLaunch(cells, device),
    flops: comparisonsOf(sizes),
  };
}

/** `maxPool2dGradient` for any windows. */
export function maxPool2dGradientWindows(sizes: Pool2dSizes, device: DeviceProfile): Dispatch {
  const count = sizes.planes * sizes.heightIn * sizes.widthIn;
  return {
    kernel: maxPool2dGradientWindowsKernel,
    params: { ...windowsOf(sizes), ...extentsOf(sizes), count },
    ...plainLaunch(count, device),
    flops: comparisonsOf(sizes) * sizes.kernelHeight * sizes.kernelWidth,
  };
}

/**
 * y = the mean of each window. x: [planes, heightIn, widthIn]; y: [planes, heightOut, widthOut]. With
 * `countIncludePad` the padding's zeros count as elements, but never what lies beyond it.
 */
export function avgPool2d(sizes: AvgPool2dSizes, device: DeviceProfile): Dispatch {
  const { invocations, quads } = quadsOf(sizes);
  return {
    kernel: avgPool2dForwardKernel,
    params: { ...windowsOf(sizes), ...divisorsOf(sizes), invocations, quads },
    ...plainLaunch(invocations, device),
    flops: comparisonsOf(sizes),
  };
}

/** The gradient of `avgPool2d` from dy. */
export function avgPool2dGradient(sizes: AvgPool2dSizes, device: DeviceProfile): Dispatch {
  const quads = ceilDiv(sizes.widthIn, 4);
  const isDilated = sizes.dilationY > 1 || sizes.dilationX > 1;
  const invocations = sizes.planes * sizes.heightIn * quads;
  return {
    kernel: avgPool2dGradientKernel,
    params: { ...windowsOf(sizes), ...extentsOf(sizes), ...divisorsOf(sizes), invocations, quads },
    ...plainLaunch(invocations, device),
    constants: { DILATED: Number(isDilated), APART: Number(!isDilated && isApart(sizes)) },
    flops: comparisonsOf(sizes),
  };
}

function plainLaunch(
  invocations: number,
  device: DeviceProfile,
): Pick<Dispatch, "constants" | "aligned" | "workgroups"> {
  const workgroups = foldWorkgroups(ceilDiv(invocations, WORKGROUP_SIZE), device);
  return { constants: {}, aligned: [], workgroups };
}

function quadsOf({ planes, heightOut, widthOut }: Pool2dSizes): { invocations: number; quads: number } {
  const quads = ceilDiv(widthOut, 4);
  return { invocations: planes * heightOut * quads, quads };
}

function windowsOf(sizes: Pool2dSizes): Record<keyof typeof windowParams, number> {
  const { heightIn, widthIn, heightOut, widthOut, kernelHeight, kernelWidth, ...rest } = sizes;
  const { strideY, strideX, paddingY, paddingX, dilationY, dilationX } = rest;
  const images = { heightIn, widthIn, heightOut, widthOut };
  return { ...images, kernelHeight, kernelWidth, strideY, strideX, paddingY, paddingX, dilationY, dilationX };
}

/** How many rows and columns lie from a window's first tap to its last. */
function extentsOf(sizes: Pool2dSizes): { extentY: number; extentX: number } {
  return {
    extentY: (sizes.kernelHeight - 1) * sizes.dilationY + 1,
    extentX: (sizes.kernelWidth - 1) * sizes.dilationX + 1,
  };
}

/** Whether no two windows can share an element. */
function isApart(sizes: Pool2dSizes): boolean {
  const { extentY, extentX } = extentsOf(sizes);
  return sizes.strideY >= extentY && sizes.strideX >= extentX;
}

function divisorsOf(sizes: AvgPool2dSizes): { marginY: number; marginX: number; divisor: number } {
  const { countIncludePad, paddingY, paddingX, divisor = 0 } = sizes;
  return { marginY: countIncludePad ? paddingY : 0, marginX: countIncludePad ? paddingX : 0, divisor };
}

function comparisonsOf({ planes, heightOut, widthOut, kernelHeight, kernelWidth }: Pool2dSizes): number {
  return planes * heightOut * widthOut * kernelHeight * kernelWidth;
}
