// The TypeScript half of the decode_index_copy shaders: rows written to the places that an index on the GPU names.
//
// Decides: one invocation per element that looks for later rows of its index, or one per column that writes all rows in
// order, which costs less where few things run at once. Both let the last of equal indices win.
// Leaves to others: what stands in all other rows: the kernels write the named ones only.

import eachSource from "../../shaders/decode_index_copy_each.wgsl?raw";
import orderedSource from "../../shaders/decode_index_copy_ordered.wgsl?raw";
import { ceilDiv } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel } from "./kernel.ts";
import { foldWorkgroups } from "./workgroups.ts";

/** y is [outer, size, inner], source [outer, count, inner], index [count]. */
export interface IndexCopySizes {
  readonly outer: number;
  readonly size: number;
  readonly count: number;
  readonly inner: number;
}

const EACH_WORKGROUP_SIZE = 64;
const ORDERED_WORKGROUP_SIZE = 16;

const shared = {
  inputs: ["index", "source"],
  output: "y",
  constants: ["WORKGROUP_SIZE", "WHOLE_QUADS"],
  prologue: ["source"],
} as const;

export const indexCopyEachKernel: Kernel = {
  ...shared,
  name: "decode_index_copy_each",
  source: eachSource,
  params: { total: "u32", size: "u32", count: "u32", inner: "u32" },
};

export const indexCopyOrderedKernel: Kernel = {
  ...shared,
  name: "decode_index_copy_ordered",
  source: orderedSource,
  params: { columns: "u32", size: "u32", count: "u32", inner: "u32" },
};

/** y[o, index[j], i] = source[o, j, i], with an i32 index; of equal indices the last; outside of y nothing is written. */
export function indexCopy(sizes: IndexCopySizes, device: DeviceProfile): Dispatch {
  return device.kind === "fallback" ? indexCopyOrdered(sizes, device) : indexCopyEach(sizes, device);
}

export function indexCopyEach({ outer, ...rows }: IndexCopySizes, device: DeviceProfile): Dispatch {
  const total = outer * rows.count * rows.inner;
  const quads = quadsOf(rows.inner);
  const aligned = ["index", ...quads.aligned];
  const workgroups = foldWorkgroups(ceilDiv(total / quads.width, EACH_WORKGROUP_SIZE), device);
  const { constants } = quads;
  return {
    kernel: indexCopyEachKernel,
    params: { ...rows, total },
    constants,
    aligned,
    workgroups,
    flops: 0,
  };
}

export function indexCopyOrdered({ outer, ...rows }: IndexCopySizes, device: DeviceProfile): Dispatch {
  const columns = outer * rows.inner;
  const { width, constants, aligned } = quadsOf(rows.inner);
  const workgroups = foldWorkgroups(ceilDiv(columns / width, ORDERED_WORKGROUP_SIZE), device);
  return {
    kernel: indexCopyOrderedKernel,
    params: { ...rows, columns },
    constants,
    aligned,
    workgroups,
    flops: 0,
  };
}

/** How many neighbours an invocation moves. */
function quadsOf(inner: number) {
  const isWhole = inner % 4 === 0;
  return {
    width: isWhole ? 4 : 1,
    constants: { WHOLE_QUADS: Number(isWhole) },
    aligned: isWhole ? ["source", "y"] : [],
  };
}
