// The TypeScript half of the embedding shaders: rows picked by tokens, and the gradient, which adds them back in order.
//
// Decides: how the gradient finds the tokens of a row: by looking through all of them where rows times tokens are few,
// else by a list of the tokens in rising order; into how many parts a long look is cut, and how long sorted blocks are.
// Leaves to others: the sum over the parts, the zeros of rows that do not occur, and the kernels' sequence.

import gradientRowsSource from "../../shaders/embedding_gradient_rows.wgsl?raw";
import gradientScanSource from "../../shaders/embedding_gradient_scan.wgsl?raw";
import orderSource from "../../shaders/embedding_order_count.wgsl?raw";
import mergeSource from "../../shaders/embedding_order_merge.wgsl?raw";
import rowsSource from "../../shaders/embedding_rows.wgsl?raw";
import { ceilDiv, nextPowerOfTwo, roundUp } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel } from "./kernel.ts";
import { QUIET_NAN } from "./softmax.ts";
import { foldWorkgroups } from "./workgroups.ts";

/** weight: [size, dim], index: [count] of i32. */
export interface EmbeddingSizes {
  readonly count: number;
  readonly size: number;
  readonly dim: number;
}

/** Sizes, and the row of the gradient that stays 0, if any. */
export interface EmbeddingGradientSizes extends EmbeddingSizes {
  readonly padding: number | undefined;
}

/** How a gradient is computed: in `parts` looks through the tokens, or by tokens sorted in blocks of `block`, then merged. */
export type EmbeddingGradientPlan =
  | { readonly how: "scan"; readonly parts: number }
  | { readonly how: "sort"; readonly block: number };

const WORKGROUP_SIZE = 64;
/** A software adapter spreads workgroups, not invocations, over its threads. */
const FALLBACK_WORKGROUP_SIZE = 16;
const NO_PADDING = 0xffffffff;
/** Up to so many rows times tokens, looking through the tokens costs less than a list of them. */
const SCAN_MOST = { gpu: 2 ** 20, fallback: 2 ** 14 };
/** Fewer invocations than this leave a large GPU idle. */
const BUSY_INVOCATIONS = 65536;
const SHORTEST_PART = 256;
const MOST_PARTS = 32;
/** Up to so many tokens are sorted as one block, since the work, its square, costs less than a merge. */
const ONE_BLOCK = { gpu: 16384, fallback: 1024 };
const MANY_BLOCKS = { gpu: 4096, fallback: 1024 };

export const embeddingRowsKernel: Kernel = {
  name: "embedding_rows",
  source: rowsSource,
  inputs: ["index", "weight"],
  output: "y",
  params: { count: "u32", size: "u32", dim: "u32", notANumber: "u32" },
  constants: ["COLS", "ROWS"],
  prologue: [],
};

export const embeddingOrderKernel: Kernel = {
  name: "embedding_order_count",
  source: orderSource,
  inputs: ["index"],
  output: "y",
  params: { count: "u32", block: "u32" },
  constants: ["WORKGROUP_SIZE"],
  prologue: [],
};

export const embeddingMergeKernel: Kernel = {
  name: "embedding_order_merge",
  source: mergeSource,
  inputs: ["order"],
  output: "y",
  params: { count: "u32", block: "u32" },
  constants: ["WORKGROUP_SIZE"],
  prologue: [],
};

export const embeddingGradientRowsKernel: Kernel = {
  name: "embedding_gradient_rows",
  source: gradientRowsSource,
  inputs: ["dy", "order"],
  output: "dw",
  params: { count: "u32", size: "u32", dim: "u32", padding: "u32" },
  constants: ["COLS", "ROWS", "FILLS"],
  prologue: [],
};

export const embeddingGradientScanKernel: Kernel = {
  name: "embedding_gradient_scan",
  source: gradientScanSource,
  inputs: ["dy", "index"],
  output: "dw",
  params: { count: "u32", size: "u32", dim: "u32", part: "u32", rows: "u32", padding: "u32" },
  constants: ["COLS", "ROWS"],
  prologue: [],
};

/** y [count, dim] = weight[index]; a row of NaN where the index is outside 0 … size - 1. */
export function embeddingRows({ count, size, dim }: EmbeddingSizes, device: DeviceProfile): Dispatch {
  const quads = ceilDiv(dim, 4);
  const { cols, rows } = workgroupShape(quads, device);
  const [y, z] = foldWorkgroups(ceilDiv(count, rows), device);
  return {
    kernel: embeddingRowsKernel,
    params: { count, size, dim, notANumber: QUIET_NAN },
    constants: { COLS: cols, ROWS: rows },
    aligned: dim % 4 === 0 ? ["weight", "y"] : [],
    workgroups: [ceilDiv(quads, cols), y, z],
    flops: 0,
  };
}

/** What suits the sizes. Follows from them and the device's kind alone, so that sums keep their order. */
export function embeddingGradientPlan(
  { count, size, dim }: EmbeddingSizes,
  device: DeviceProfile,
): EmbeddingGradientPlan {
  if (count * size <= SCAN_MOST[device.kind]) {
    const invocations = size * ceilDiv(dim, 16);
    const wanted = device.kind === "fallback" ? 1 : Math.floor(BUSY_INVOCATIONS / invocations);
    const parts = Math.max(1, Math.min(wanted, Math.floor(count / SHORTEST_PART), MOST_PARTS));
    return { how: "scan", parts: Math.max(1, ceilDiv(count, partLength(count, parts))) };
  }
  const { kind } = device;
  return { how: "sort", block: count <= ONE_BLOCK[kind] ? roundUp(count, 4) : MANY_BLOCKS[kind] };
}

/** dw [parts, size, dim] = the sums of the rows of dy by token, for each of `parts` parts of the tokens. */
export function embeddingGradientScan(
  sizes: EmbeddingGradientSizes,
  parts: number,
  device: DeviceProfile,
): Dispatch {
  const { count, size, dim, padding = NO_PADDING } = sizes;
  const shape = workgroupShape(ceilDiv(dim, 16), device);
  return {
    kernel: embeddingGradientScanKernel,
    params: { count, size, dim, part: partLength(count, parts), rows: parts * size, padding },
    constants: { COLS: shape.cols, ROWS: shape.rows },
    aligned: ["index", ...(dim % 4 === 0 ? ["dy", "dw"] : [])],
    workgroups: foldWorkgroups(ceilDiv(parts * size, shape.rows), device),
    flops: count * dim,
  };
}

/** y i32 [2, count]: in each block of `block` the tokens in rising order, and where they stood. */
export function embeddingOrder(count: number, block: number, device: DeviceProfile): Dispatch {
  return {
    ...perToken(count, device),
    kernel: embeddingOrderKernel,
    params: { count, block },
    aligned: ["index"],
    flops: count * Math.min(count, block),
  };
}

/** The same for all tokens as one block, from blocks of `block`. */
export function embeddingMerge(count: number, block: number, device: DeviceProfile): Dispatch {
  return {
    ...perToken(count, device),
    kernel: embeddingMergeKernel,
    params: { count, block },
    aligned: [],
    flops: 0,
  };
}

/**
 * The rows of dw [size, dim] that occur: the sums of the rows of dy by token, from all tokens in order; and if it fills, 0
 * in all others, which takes long where few tokens stand for many rows.
 */
export function embeddingGradientRows(
  sizes: EmbeddingGradientSizes,
  device: DeviceProfile,
  fills = false,
): Dispatch {
  const { count, size, dim, padding = NO_PADDING } = sizes;
  const { cols, rows } = workgroupShape(ceilDiv(dim, 4), device);
  return {
    kernel: embeddingGradientRowsKernel,
    params: { count, size, dim, padding },
    constants: { COLS: cols, ROWS: rows, FILLS: Number(fills) },
    aligned: dim % 4 === 0 ? ["dy", "dw"] : [],
    workgroups: foldWorkgroups(ceilDiv(count, rows), device),
    flops: count * dim,
  };
}

function perToken(count: number, device: DeviceProfile) {
  const workgroupSize = device.kind === "fallback" ? FALLBACK_WORKGROUP_SIZE : WORKGROUP_SIZE;
  const workgroups = foldWorkgroups(ceilDiv(count, workgroupSize), device);
  return { constants: { WORKGROUP_SIZE: workgroupSize }, workgroups };
}

/** The length of a part of the tokens: whole quads. */
function partLength(count: number, parts: number): number {
  return Math.max(4, roundUp(ceilDiv(count, parts), 4));
}

/** Neighbours along the columns first, since they stand side by side in memory. */
function workgroupShape(lanes: number, device: DeviceProfile): { cols: number; rows: number } {
  const size = device.kind === "fallback" ? FALLBACK_WORKGROUP_SIZE : WORKGROUP_SIZE;
  const most = device.kind === "fallback" ? 4 : WORKGROUP_SIZE; // a software adapter's lanes
  const cols = Math.min(most, nextPowerOfTwo(lanes));
  return { cols, rows: size / cols };
}
