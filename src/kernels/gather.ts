// The TypeScript half of the gather shaders: elements picked along one axis, and their gradient.
//
// Decides: whether one invocation or one workgroup looks through the indices of an output of the gradient, and from where on
// it is cheaper to put the indices in order first.
// Leaves to others: the axis (the op shapes everything to [outer, axis, inner]), the order, and the meaning of negative indices.

import forwardSource from "../../shaders/gather_forward.wgsl?raw";
import scanSource from "../../shaders/gather_gradient_scan.wgsl?raw";
import sortedSource from "../../shaders/gather_gradient_sorted.wgsl?raw";
import splitSource from "../../shaders/gather_gradient_split.wgsl?raw";
import { ceilDiv } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel } from "./kernel.ts";
import { foldWorkgroups } from "./workgroups.ts";

/** x is [outer, size, inner]; the index and what it picks are [outer, count, inner]. */
export interface GatherSizes {
  readonly outer: number;
  readonly size: number;
  readonly count: number;
  readonly inner: number;
}

const WORKGROUP_SIZE = 64;
/** The workgroup of the split gradient, as in its shader. */
const SPLIT_WORKGROUP_SIZE = 256;
/** Fewer invocations than this leave a large GPU idle. */
const BUSY_INVOCATIONS = 4096;
/** How many s one invocation of the gradient adds up at once, as in its shaders. */
const SUMS = 8;

export const gatherForwardKernel: Kernel = {
  name: "gather_forward",
  source: forwardSource,
  inputs: ["x", "index"],
  output: "y",
  params: { total: "u32", size: "u32", inner: "u32", slab: "u32" },
  constants: ["WORKGROUP_SIZE"],
  prologue: ["index"],
};

export const gatherGradientScanKernel: Kernel = {
  name: "gather_gradient_scan",
  source: scanSource,
  inputs: ["dy", "index"],
  output: "dx",
  params: { invocations: "u32", blocks: "u32", size: "u32", count: "u32", inner: "u32" },
  constants: ["WORKGROUP_SIZE"],
  prologue: [],
};

export const gatherGradientSplitKernel: Kernel = {
  name: "gather_gradient_split",
  source: splitSource,
  inputs: ["dy", "index"],
  output: "dx",
  params: { groups: "u32", blocks: "u32", size: "u32", count: "u32", inner: "u32" },
  constants: [],
  prologue: [],
};

/** Beyond so many looks, and so many for each index, putting the indices in order costs less. */
const MOST_LOOKS = { gpu: 2 ** 25, fallback: 2 ** 20 };
const MOST_LOOKS_EACH = { gpu: 256, fallback: 64 };

export const gatherGradientSortedKernel: Kernel = {
  name: "gather_gradient_sorted",
  source: sortedSource,
  inputs: ["dy", "order"],
  output: "dx",
  params: { rows: "u32", size: "u32", count: "u32" },
  constants: ["WORKGROUP_SIZE"],
  prologue: [],
};

/** y[o, j, i] = x[o, index[o, j, i], i], with an i32 index; NaN where the index is outside 0 … size - 1. */
export function gather({ outer, size, count, inner }: GatherSizes, device: DeviceProfile): Dispatch {
  const total = outer * count * inner;
  return {
    kernel: gatherForwardKernel,
    params: { total, size, inner, slab: count * inner },
    constants: {},
    aligned: [],
    workgroups: foldWorkgroups(ceilDiv(total, WORKGROUP_SIZE), device),
    flops: 0,
  };
}

/**
 * dx[o, s, i] = the sum of dy[o, j, i] over all j with index[o, j, i] = s, in a fixed order. The time grows with
 * outer * inner * count * ceil(size / 8): each output looks through all indices of its line.
 */
export function gatherGradient(sizes: GatherSizes, device: DeviceProfile): Dispatch {
  const sums = sizes.outer * ceilDiv(sizes.size, SUMS) * sizes.inner;
  const isSplit = device.kind === "gpu" && sums < BUSY_INVOCATIONS && sizes.count >= 4 * SPLIT_WORKGROUP_SIZE;
  return isSplit ? gatherGradientSplit(sizes, device) : gatherGradientScan(sizes, device);
}

export function gatherGradientScan(sizes: GatherSizes, device: DeviceProfile): Dispatch {
  const { outer, size, count, inner } = sizes;
  const blocks = ceilDiv(size, SUMS);
  const invocations = outer * blocks * inner;
  return {
    kernel: gatherGradientScanKernel,
    params: { invocations, blocks, size, count, inner },
    constants: {},
    aligned: [],
    workgroups: foldWorkgroups(ceilDiv(invocations, WORKGROUP_SIZE), device),
    flops: outer * count * inner,
  };
}

export function gatherGradientSplit(sizes: GatherSizes, device: DeviceProfile): Dispatch {
  const { outer, size, count, inner } = sizes;
  const blocks = ceilDiv(size, SUMS);
  const groups = outer * blocks * inner;
  return {
    kernel: gatherGradientSplitKernel,
    params: { groups, blocks, size, count, inner },
    constants: {},
    aligned: [],
    workgroups: foldWorkgroups(groups, device),
    flops: outer * count * inner,
  };
}

/** Whether the gradient is to be taken from sorted indices. */
export function isGatherGradientSorted(
  { outer, size, count, inner }: GatherSizes,
  { kind }: DeviceProfile,
): boolean {
  const looksEach = ceilDiv(size, SUMS);
  return looksEach > MOST_LOOKS_EACH[kind] && outer * inner * count * looksEach > MOST_LOOKS[kind];
}

/** dx [rows, size] from dy [rows, count] and the order of its indices, i32 [2, rows, count]. */
export function gatherGradientSorted(
  { rows, size, count }: { readonly rows: number; readonly size: number; readonly count: number },
  device: DeviceProfile,
): Dispatch {
  return {
    kernel: gatherGradientSortedKernel,
    params: { rows, size, count },
    constants: {},
    aligned: [],
    workgroups: foldWorkgroups(ceilDiv(rows * size, WORKGROUP_SIZE), device),
    flops: rows * count,
  };
}
