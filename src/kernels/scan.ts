// The TypeScript half of the scan shaders: running sums and products, running linear steps, and where the largest so far is.
//
// Decides: one workgroup or one invocation per block of a line, and how long blocks are: whole lines where there are enough
// of them to be busy with.
// Leaves to others: what stands before each block (`carry`), which takes a scan of what blocks come to.

import largestRowsSource from "../../shaders/scan_largest_rows.wgsl?raw";
import largestSerialSource from "../../shaders/scan_largest_serial.wgsl?raw";
import linearRowsSource from "../../shaders/scan_linear_rows.wgsl?raw";
import linearSerialSource from "../../shaders/scan_linear_serial.wgsl?raw";
import rowsSource from "../../shaders/scan_rows.wgsl?raw";
import serialSource from "../../shaders/scan_serial.wgsl?raw";
import { ceilDiv, roundUp } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel, ParamType } from "./kernel.ts";
import { foldWorkgroups } from "./workgroups.ts";

/** x and y: [outer, length, inner], scanned over the middle in blocks of `block`; carry: [outer, blocks, inner]. */
export interface ScanSizes {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
  readonly block: number;
}

/** `rows`: one workgroup per block, for `inner` 1. `serial`: one invocation per block. */
export type ScanVariant = "rows" | "serial";

/** What elements are joined by. */
export type ScanKind = "sum" | "prod";

const rowParams: Readonly<Record<string, ParamType>> = {
  rows: "u32",
  length: "u32",
  block: "u32",
  blocks: "u32",
};

const serialParams: Readonly<Record<string, ParamType>> = {
  invocations: "u32",
  length: "u32",
  inner: "u32",
  block: "u32",
  blocks: "u32",
};

const scanPorts = { inputs: ["x", "carry"], output: "y", prologue: ["x", "carry"] } as const;
const linearPorts = { inputs: ["a", "b", "carry"], output: "y", prologue: ["a", "b", "carry"] } as const;
const largestPorts = { inputs: ["keys", "carry"], output: "y", prologue: ["keys", "carry"] } as const;

export const scanRowsKernel: Kernel = {
  ...scanPorts,
  name: "scan_rows",
  source: rowsSource,
  params: { ...rowParams, identity: "u32" },
  constants: ["WORKGROUP_SIZE", "KIND"],
};

export const scanSerialKernel: Kernel = {
  ...scanPorts,
  name: "scan_serial",
  source: serialSource,
  params: { ...serialParams, identity: "u32" },
  constants: ["WORKGROUP_SIZE", "KIND"],
};

export const scanLinearRowsKernel: Kernel = {
  ...linearPorts,
  name: "scan_linear_rows",
  source: linearRowsSource,
  params: rowParams,
  constants: ["WORKGROUP_SIZE"],
};

export const scanLinearSerialKernel: Kernel = {
  ...linearPorts,
  name: "scan_linear_serial",
  source: linearSerialSource,
  params: serialParams,
  constants: ["WORKGROUP_SIZE"],
};

export const scanLargestRowsKernel: Kernel = {
  ...largestPorts,
  name: "scan_largest_rows",
  source: largestRowsSource,
  params: rowParams,
  constants: ["WORKGROUP_SIZE"],
};

export const scanLargestSerialKernel: Kernel = {
  ...largestPorts,
  name: "scan_largest_serial",
  source: largestSerialSource,
  params: serialParams,
  constants: ["WORKGROUP_SIZE"],
};

/** Up to here one invocation walks along a row as fast as a workgroup does. */
const SHORT_ROW = 32;
/** Lines of a workgroup each that keep a GPU busy, and the shortest block that is worth one. */
const ENOUGH_ROWS = 256;
const ROWS_BLOCK = 4096;
/** Lines of an invocation each that keep a device busy, and the shortest block that is worth one. */
const ENOUGH_LINES = { gpu: 16384, fallback: 64 };
const SERIAL_BLOCK = { gpu: 256, fallback: 1024 };

/** The variant for lines of `length`. */
export function scanVariant(length: number, inner: number, { kind }: DeviceProfile): ScanVariant {
  return kind === "gpu" && inner === 1 && length > SHORT_ROW ? "rows" : "serial";
}

/** How long blocks should be: `length` where one for each line is best. Follows from sizes and the device's kind alone. */
export function scanBlock({ outer, length, inner }: Omit<ScanSizes, "block">, device: DeviceProfile): number {
  if (scanVariant(length, inner, device) === "rows") {
    if (outer >= ENOUGH_ROWS || length <= 4 * ROWS_BLOCK) return length;
    const even = ceilDiv(outer * length, 4 * ENOUGH_ROWS);
    return roundUp(Math.max(ROWS_BLOCK, even), 1024);
  }
  const wanted = Math.floor(ENOUGH_LINES[device.kind] / (outer * inner));
  const parts = Math.min(wanted, Math.floor(length / SERIAL_BLOCK[device.kind]));
  return parts < 4 ? length : ceilDiv(length, parts);
}

/** y = carry and all of x up to each element, added or multiplied. */
export function scan(kind: ScanKind, sizes: ScanSizes, isInteger: boolean, device: DeviceProfile): Dispatch {
  return scanVariantOf(scanVariant(sizes.length, sizes.inner, device), kind, sizes, isInteger, device);
}

/** `scan` by the given variant. */
export function scanVariantOf(
  variant: ScanVariant,
  kind: ScanKind,
  sizes: ScanSizes,
  isInteger: boolean,
  device: DeviceProfile,
): Dispatch {
  const identity = kind === "sum" ? 0 : isInteger ? 1 : ONE;
  const { params, workgroupSize, workgroups, isAligned } = launch(variant, sizes, device);
  return {
    kernel: variant === "rows" ? scanRowsKernel : scanSerialKernel,
    params: { ...params, identity },
    constants: { WORKGROUP_SIZE: workgroupSize, KIND: kind === "sum" ? 0 : 1 },
    aligned: isAligned ? ["x", "y"] : [],
    workgroups,
    flops: sizes.outer * sizes.length * sizes.inner,
  };
}

/** y[l] = a[l] y[l - 1] + b[l], from carry on. */
export function scanLinear(variant: ScanVariant, sizes: ScanSizes, device: DeviceProfile): Dispatch {
  const { params, workgroupSize, workgroups } = launch(variant, sizes, device);
  return {
    kernel: variant === "rows" ? scanLinearRowsKernel : scanLinearSerialKernel,
    params,
    constants: { WORKGROUP_SIZE: workgroupSize },
    aligned: [],
    workgroups,
    flops: 2 * sizes.outer * sizes.length * sizes.inner,
  };
}

/** y[l] = where the largest of i32 keys up to l stands; carry says where before a block, or -1. */
export function scanLargest(variant: ScanVariant, sizes: ScanSizes, device: DeviceProfile): Dispatch {
  const { params, workgroupSize, workgroups } = launch(variant, sizes, device);
  return {
    kernel: variant === "rows" ? scanLargestRowsKernel : scanLargestSerialKernel,
    params,
    constants: { WORKGROUP_SIZE: workgroupSize },
    aligned: [],
    workgroups,
    flops: sizes.outer * sizes.length * sizes.inner,
  };
}

/** The bits of 1. */
const ONE = 0x3f800000;

/** What all launches over blocks share. */
interface ScanLaunch extends Pick<Dispatch, "params" | "workgroups"> {
  readonly workgroupSize: number;
  readonly isAligned: boolean;
}

function launch(
  variant: ScanVariant,
  { outer, length, inner, block }: ScanSizes,
  device: DeviceProfile,
): ScanLaunch {
  const blocks = ceilDiv(length, block);
  if (variant === "rows") {
    const workgroupSize = Math.min(block, length) <= 256 ? 64 : 256;
    const isAligned = length % 4 === 0 && block % 4 === 0;
    const workgroups = foldWorkgroups(outer * blocks, device);
    return { params: { rows: outer, length, block, blocks }, workgroupSize, workgroups, isAligned };
  }
  // Small workgroups spread few lines over all threads of a software adapter.
  const workgroupSize = device.kind === "fallback" ? 16 : 64;
  const invocations = outer * blocks * inner;
  const workgroups = foldWorkgroups(ceilDiv(invocations, workgroupSize), device);
  return {
    params: { invocations, length, inner, block, blocks },
    workgroupSize,
    workgroups,
    isAligned: false,
  };
}
