// The TypeScript half of the sort shaders: blocks put in order, then merged two by two; keys are whole numbers.
//
// Decides: how long blocks are and what sorts them: a network in workgroup memory, or counting where rows are short or
// barriers dear; and how many neighbours one invocation merges.
// Leaves to others: what is a key, and the sequence of merges.

import bitonicSource from "../../shaders/sort_blocks_bitonic.wgsl?raw";
import countSource from "../../shaders/sort_blocks_count.wgsl?raw";
import mergeSource from "../../shaders/sort_merge_paths.wgsl?raw";
import { ceilDiv, nextPowerOfTwo } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel } from "./kernel.ts";
import { foldWorkgroups } from "./workgroups.ts";

/** keys: [rows, length]; orders: [2, rows, length]. */
export interface SortSizes {
  readonly rows: number;
  readonly length: number;
}

const WORKGROUP_SIZE = 64;
/** Up to here counting costs less than a network. */
const SHORT_ROW = { gpu: 64, fallback: 32 };
/** What a fallback device counts in rows that are longer: each merge after that costs as much as 16 counts. */
const FALLBACK_BLOCK = 16;
const LARGEST_NETWORK = 1024;
const CHUNK = { gpu: 16, fallback: 32 };

export const sortBlocksBitonicKernel: Kernel = {
  name: "sort_blocks_bitonic",
  source: bitonicSource,
  inputs: ["keys"],
  output: "y",
  params: { rows: "u32", length: "u32", blocks: "u32" },
  constants: ["WORKGROUP_SIZE", "BLOCK"],
  prologue: ["keys"],
};

export const sortBlocksCountKernel: Kernel = {
  name: "sort_blocks_count",
  source: countSource,
  inputs: ["keys"],
  output: "y",
  params: { total: "u32", length: "u32", block: "u32" },
  constants: ["WORKGROUP_SIZE"],
  prologue: [],
};

export const sortMergePathsKernel: Kernel = {
  name: "sort_merge_paths",
  source: mergeSource,
  inputs: ["order"],
  output: "y",
  params: { rows: "u32", length: "u32", run: "u32", chunk: "u32", chunks: "u32" },
  constants: ["WORKGROUP_SIZE"],
  prologue: [],
};

/** How long the blocks are that are sorted first: at least `length` where one is enough. */
export function sortBlock(length: number, { kind }: DeviceProfile): number {
  if (length <= SHORT_ROW[kind]) return Math.max(1, length);
  return kind === "fallback" ? FALLBACK_BLOCK : Math.min(LARGEST_NETWORK, nextPowerOfTwo(length));
}

/** y [2, rows, length]: in each block the keys in rising order, and where in the row they stood. */
export function sortBlocks(sizes: SortSizes, block: number, device: DeviceProfile): Dispatch {
  const isCounted = device.kind === "fallback" || block <= SHORT_ROW.gpu;
  return isCounted ? sortBlocksCount(sizes, block, device) : sortBlocksBitonic(sizes, block, device);
}

/** One workgroup per block, which is a power of two. */
export function sortBlocksBitonic(
  { rows, length }: SortSizes,
  block: number,
  device: DeviceProfile,
): Dispatch {
  const blocks = ceilDiv(length, block);
  return {
    kernel: sortBlocksBitonicKernel,
    params: { rows, length, blocks },
    constants: { WORKGROUP_SIZE: block <= 256 ? 64 : 256, BLOCK: block },
    aligned: [],
    workgroups: foldWorkgroups(rows * blocks, device),
    flops: 0,
  };
}

/** One invocation per key. */
export function sortBlocksCount({ rows, length }: SortSizes, block: number, device: DeviceProfile): Dispatch {
  const total = rows * length;
  return {
    kernel: sortBlocksCountKernel,
    params: { total, length, block },
    constants: {},
    aligned: [],
    workgroups: foldWorkgroups(ceilDiv(total, WORKGROUP_SIZE), device),
    flops: 0,
  };
}

/** Runs of `run`, which are in order, merged to runs of twice that; `run` is a multiple of 16. */
export function sortMerge({ rows, length }: SortSizes, run: number, device: DeviceProfile): Dispatch {
  const chunk = Math.min(CHUNK[device.kind], 2 * run);
  const chunks = ceilDiv(length, chunk);
  return {
    kernel: sortMergePathsKernel,
    params: { rows, length, run, chunk, chunks },
    constants: {},
    aligned: [],
    workgroups: foldWorkgroups(ceilDiv(rows * chunks, WORKGROUP_SIZE), device),
    flops: 0,
  };
}
