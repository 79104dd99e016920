// Softmax and its logarithm over rows, and the launch that all kernels over rows of exponentials share.
//
// Decides: one invocation per row where rows are short or barriers dear, else one workgroup.
// Leaves to others: other axes (a transpose before and after), and gradients.

import rowsSource from "../../shaders/softmax_rows.wgsl?raw";
import serialSource from "../../shaders/softmax_rows_serial.wgsl?raw";
import { ceilDiv } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel, WorkgroupCount } from "./kernel.ts";
import { foldWorkgroups } from "./workgroups.ts";

/** x and y: [rows, cols]. */
export interface SoftmaxSizes {
  readonly rows: number;
  readonly cols: number;
}

/** `rows`: one workgroup per row. `serial`: one invocation per row, no barriers. */
export type RowVariant = "rows" | "serial";

const shared = {
  inputs: ["x"],
  output: "y",
  params: { rows: "u32", cols: "u32", block: "u32", notANumber: "u32" },
  constants: ["WORKGROUP_SIZE", "LOG"],
  prologue: ["x"],
} as const;

export const softmaxRowsKernel: Kernel = { ...shared, name: "softmax_rows", source: rowsSource };

export const softmaxRowsSerialKernel: Kernel = {
  ...shared,
  name: "softmax_rows_serial",
  source: serialSource,
};

/** The bits of a NaN: WGSL has no literal for it. */
export const QUIET_NAN = 0x7fc00000;

/** Up to here one invocation reads a row as fast as a workgroup does. */
const SHORT_ROW = 32;
/** From here on a row keeps 256 invocations busy. */
const LONG_ROW = 1024;

/** y = softmax of the port x along the last axis, or its logarithm. */
export function softmax(sizes: SoftmaxSizes, log: boolean, device: DeviceProfile): Dispatch {
  return softmaxVariant(rowVariant(sizes.cols, device), sizes, log, device);
}

/** `softmax` by the given variant. */
export function softmaxVariant(
  variant: RowVariant,
  { rows, cols }: SoftmaxSizes,
  log: boolean,
  device: DeviceProfile,
): Dispatch {
  const { block, workgroupSize, workgroups } = rowLaunch(variant, rows, cols, device);
  return {
    kernel: variant === "rows" ? softmaxRowsKernel : softmaxRowsSerialKernel,
    params: { rows, cols, block, notANumber: QUIET_NAN },
    constants: { WORKGROUP_SIZE: workgroupSize, LOG: log ? 1 : 0 },
    aligned: cols % 4 === 0 ? ["x", "y"] : [],
    workgroups,
    flops: 5 * rows * cols,
  };
}

/** The variant for rows of `cols` elements. */
export function rowVariant(cols: number, device: DeviceProfile): RowVariant {
  return device.kind === "fallback" || cols <= SHORT_ROW ? "serial" : "rows";
}

/** Geometry of a kernel over rows read in quads; `block` quads are summed before they join an invocation's total. */
export function rowLaunch(
  variant: RowVariant,
  rows: number,
  cols: number,
  device: DeviceProfile,
): { block: number; workgroupSize: number; workgroups: WorkgroupCount } {
  if (variant === "serial") {
    // Small workgroups spread few rows over all threads of a software adapter.
    const workgroupSize = device.kind === "fallback" ? 16 : 64;
    const workgroups = foldWorkgroups(ceilDiv(rows, workgroupSize), device);
    return { block: squareRoot(ceilDiv(cols, 4)), workgroupSize, workgroups };
  }
  const workgroupSize = cols <= LONG_ROW ? 64 : 256;
  const block = squareRoot(ceilDiv(cols, 4 * workgroupSize));
  return { block, workgroupSize, workgroups: foldWorkgroups(rows, device) };
}

/** Blocks as long as there are blocks: then the fewest additions follow each other. */
function squareRoot(steps: number): number {
  return Math.max(1, Math.ceil(Math.sqrt(steps)));
}
