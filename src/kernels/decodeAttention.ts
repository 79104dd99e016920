// The TypeScript half of the decode_attention shaders: a few queries against a long cache of keys and values.
//
// Decides: in how many parts the valid keys are cut, so that a single sequence keeps the device busy; and one workgroup or
// one invocation per row and part, by the device. The parts are of the valid length, which only the GPU knows, so that
// work grows with it and not with the capacity.
// Leaves to others: writing the cache (indexCopy) and attention over whole sequences.

import mergeSource from "../../shaders/decode_attention_merge.wgsl?raw";
import rowsSource from "../../shaders/decode_attention_rows.wgsl?raw";
import serialSource from "../../shaders/decode_attention_serial.wgsl?raw";
import { ceilDiv, nextPowerOfTwo, roundUp } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel, ParamType } from "./kernel.ts";
import { foldWorkgroups } from "./workgroups.ts";

/**
 * q: [batch, heads, queries, depth], keys: [batch, kvHeads, capacity, depth], values: [batch, kvHeads, capacity, width];
 * `heads` is a multiple of `kvHeads`.
 */
export interface DecodeSizes {
  readonly batch: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly queries: number;
  readonly capacity: number;
  readonly depth: number;
  readonly width: number;
  readonly scale: number;
}

/** Sizes, and in how many parts the keys are cut: y then holds `decodeStride(width)` numbers for each row and part. */
export interface SplitDecodeSizes extends DecodeSizes {
  readonly splits: number;
}

/** Sums of parts, to be merged: x is [rows, splits, decodeStride(width)], y [rows, width]. */
export interface MergeSizes {
  readonly rows: number;
  readonly splits: number;
  readonly width: number;
}

const strided = {
  q: ["qBatch", "qHead", "qRow", "qOffset"],
  keys: ["keysBatch", "keysHead", "keysRow", "keysOffset"],
  values: ["valuesBatch", "valuesHead", "valuesRow", "valuesOffset"],
} as const;

function paramsOf(names: readonly string[]): Record<string, ParamType> {
  return Object.fromEntries(names.map((name) => [name, name === "scale" ? "f32" : "u32"]));
}

const sizeParams = ["kvHeads", "queries", "capacity", "depth", "width", "stride", "scale"];
const addressParams = Object.values(strided).flat();

const shared = {
  inputs: ["q", "keys", "values", "lengths"],
  output: "y",
  prologue: ["lengths"],
  strided,
} as const;

export const decodeAttentionRowsKernel: Kernel = {
  ...shared,
  name: "decode_attention_rows",
  source: rowsSource,
  params: paramsOf([
    ...["rows", "rowBlocks", "columnBlocks", "splits", "groups"],
    ...sizeParams,
    ...addressParams,
  ]),
  constants: ["WORKGROUP_SIZE", "ROWS", "COLUMNS", "SLOTS", "SPLIT"],
};

export const decodeAttentionSerialKernel: Kernel = {
  ...shared,
  name: "decode_attention_serial",
  source: serialSource,
  params: paramsOf([...["rows", "columnBlocks", "splits", "invocations"], ...sizeParams, ...addressParams]),
  constants: ["WORKGROUP_SIZE", "QUADS", "SPLIT"],
};

export const decodeAttentionMergeKernel: Kernel = {
  name: "decode_attention_merge",
  source: mergeSource,
  inputs: ["x"],
  output: "y",
  params: paramsOf(["quads", "rowQuads", "width", "splits", "stride"]),
  constants: ["WORKGROUP_SIZE"],
  prologue: [],
};

/** One block of keys, of which each invocation scores one. */
const BLOCK = 64;
/** Up to so many keys one part is as fast as several and their merging. */
const SHORT_CAPACITY = 128;
/** Fewer workgroups than this leave cores of a large GPU idle. */
const ENOUGH_WORKGROUPS = 256;
/** Fewer invocations than this leave lanes of a software adapter idle. */
const ENOUGH_INVOCATIONS = 64;
const MOST_SPLITS = 64;
const SERIAL_WORKGROUP_SIZE = 4;
const MERGE_WORKGROUP_SIZE = 64;

/** In how many parts to cut the keys; 1 where that does not pay. */
export function decodeSplits(sizes: DecodeSizes, device: DeviceProfile): number {
  const { capacity } = sizes;
  if (capacity <= SHORT_CAPACITY) return 1;
  const [count, enough] =
    device.kind === "fallback"
      ? [serialGeometry(sizes).count, ENOUGH_INVOCATIONS]
      : [rowsGeometry(sizes).count, ENOUGH_WORKGROUPS];
  return Math.min(ceilDiv(capacity, BLOCK), ceilDiv(enough, count), MOST_SPLITS);
}

/** Numbers that a part gives for each row: its sums in whole quads, and a quad for the largest score and the weight. */
export function decodeStride(width: number): number {
  return roundUp(width, 4) + 4;
}

/** y from q, keys, values and lengths i32 [batch]; query t sees lengths + t keys. */
export function decodeAttention(sizes: SplitDecodeSizes, device: DeviceProfile): Dispatch {
  return device.kind === "fallback"
    ? decodeAttentionSerial(sizes, device)
    : decodeAttentionRows(sizes, device);
}

export function decodeAttentionRows(sizes: SplitDecodeSizes, device: DeviceProfile): Dispatch {
  const { count, rowBlocks, rowsPerBlock, columns, columnBlocks } = rowsGeometry(sizes);
  const groups = count * sizes.splits;
  return {
    kernel: decodeAttentionRowsKernel,
    params: { ...commonParams(sizes), rowBlocks, columnBlocks, groups },
    constants: {
      WORKGROUP_SIZE: BLOCK,
      ROWS: rowsPerBlock,
      COLUMNS: columns,
      SLOTS: (rowsPerBlock + 1) * BLOCK,
      SPLIT: Number(sizes.splits > 1),
    },
    aligned: alignedPorts(sizes),
    workgroups: foldWorkgroups(groups, device),
    flops: flopsOf(sizes),
  };
}

export function decodeAttentionSerial(sizes: SplitDecodeSizes, device: DeviceProfile): Dispatch {
  const { count, quads, columnBlocks } = serialGeometry(sizes);
  const invocations = count * sizes.splits;
  return {
    kernel: decodeAttentionSerialKernel,
    params: { ...commonParams(sizes), columnBlocks, invocations },
    constants: { WORKGROUP_SIZE: SERIAL_WORKGROUP_SIZE, QUADS: quads, SPLIT: Number(sizes.splits > 1) },
    aligned: alignedPorts(sizes),
    workgroups: foldWorkgroups(ceilDiv(invocations, SERIAL_WORKGROUP_SIZE), device),
    flops: flopsOf(sizes),
  };
}

/** y [rows, width] from the parts x [rows, splits, decodeStride(width)]. */
export function decodeAttentionMerge({ rows, splits, width }: MergeSizes, device: DeviceProfile): Dispatch {
  const rowQuads = ceilDiv(width, 4);
  const quads = rows * rowQuads;
  return {
    kernel: decodeAttentionMergeKernel,
    params: { quads, rowQuads, width, splits, stride: decodeStride(width) },
    constants: {},
    aligned: width % 4 === 0 ? ["x", "y"] : ["x"],
    workgroups: foldWorkgroups(ceilDiv(quads, MERGE_WORKGROUP_SIZE), device),
    flops: 2 * rows * splits * width,
  };
}

/** Workgroups of the rows kernel for one part, and what each does. */
function rowsGeometry({ batch, heads, kvHeads, queries, width }: DecodeSizes) {
  const rows = (heads / kvHeads) * queries;
  const rowsPerBlock = rows === 1 ? 1 : 4;
  const rowBlocks = ceilDiv(rows, rowsPerBlock);
  const columns = Math.min(BLOCK, nextPowerOfTwo(ceilDiv(width, 4)));
  const columnBlocks = ceilDiv(width, 4 * columns);
  return {
    count: batch * kvHeads * rowBlocks * columnBlocks,
    rowBlocks,
    rowsPerBlock,
    columns,
    columnBlocks,
  };
}

/** Invocations of the serial kernel for one part. */
function serialGeometry({ batch, heads, queries, width }: DecodeSizes) {
  const quads = width <= 16 ? 4 : width <= 32 ? 8 : 16;
  const columnBlocks = ceilDiv(width, 4 * quads);
  return { count: batch * heads * queries * columnBlocks, quads, columnBlocks };
}

function commonParams(sizes: SplitDecodeSizes): Record<string, number> {
  const { heads, kvHeads, queries, capacity, depth, width, scale, splits } = sizes;
  const rows = (heads / kvHeads) * queries;
  const stride = decodeStride(width);
  return {
    ...{ rows, splits, kvHeads, queries, capacity, depth, width, stride, scale },
    ...{ qBatch: heads * queries * depth, qHead: queries * depth, qRow: depth, qOffset: 0 },
    ...{ keysBatch: kvHeads * capacity * depth, keysHead: capacity * depth, keysRow: depth, keysOffset: 0 },
    ...{
      valuesBatch: kvHeads * capacity * width,
      valuesHead: capacity * width,
      valuesRow: width,
      valuesOffset: 0,
    },
  };
}

function alignedPorts({ depth, width, splits }: SplitDecodeSizes): string[] {
  const aligned = depth % 4 === 0 ? ["q", "keys"] : [];
  if (width % 4 === 0) aligned.push("values");
  if (width % 4 === 0 || splits > 1) aligned.push("y");
  return aligned;
}

/** As if the cache were full. */
function flopsOf({ batch, heads, queries, capacity, depth, width }: DecodeSizes): number {
  return 2 * batch * heads * queries * capacity * (depth + width);
}
