// What of a row's logits a loss needs, gathered chunk by chunk, so that no row of logits ever stands in memory whole.
//
// Decides: the parameters; variant and geometry are those of softmax.
// Leaves to others: the loss itself, which follows from the state after the last chunk.

import rowsSource from "../../shaders/cross_entropy_state_rows.wgsl?raw";
import serialSource from "../../shaders/cross_entropy_state_rows_serial.wgsl?raw";
import type { DeviceProfile, Dispatch, Kernel } from "./kernel.ts";
import { QUIET_NAN, type RowVariant, rowLaunch, rowVariant } from "./softmax.ts";

/** logits: [rows, classes], which are the classes from `start` on of `allClasses`; labels: [rows] of i32. */
export interface CrossEntropyChunkSizes {
  readonly rows: number;
  readonly classes: number;
  readonly start: number;
  readonly allClasses: number;
  /** The label of rows that do not count. */
  readonly ignoreIndex: number;
}

const shared = {
  inputs: ["logits", "labels", "before"],
  output: "y",
  params: {
    rows: "u32",
    classes: "u32",
    block: "u32",
    notANumber: "u32",
    ignored: "i32",
    start: "i32",
    allClasses: "u32",
  },
  constants: ["WORKGROUP_SIZE"],
  prologue: ["logits"],
} as const;

export const crossEntropyStateKernel: Kernel = {
  ...shared,
  name: "cross_entropy_state_rows",
  source: rowsSource,
};

export const crossEntropyStateSerialKernel: Kernel = {
  ...shared,
  name: "cross_entropy_state_rows_serial",
  source: serialSource,
};

/** y [3, rows] = largest logit, sum of exponentials below it, and the label's logit, from this chunk and `before`. */
export function crossEntropyState(sizes: CrossEntropyChunkSizes, device: DeviceProfile): Dispatch {
  return crossEntropyStateVariant(rowVariant(sizes.classes, device), sizes, device);
}

/** `crossEntropyState` by the given variant. */
export function crossEntropyStateVariant(
  variant: RowVariant,
  { rows, classes, start, allClasses, ignoreIndex }: CrossEntropyChunkSizes,
  device: DeviceProfile,
): Dispatch {
  const { block, workgroupSize, workgroups } = rowLaunch(variant, rows, classes, device);
  return {
    kernel: variant === "rows" ? crossEntropyStateKernel : crossEntropyStateSerialKernel,
    params: { rows, classes, block, notANumber: QUIET_NAN, ignored: ignoreIndex, start, allClasses },
    constants: { WORKGROUP_SIZE: workgroupSize },
    aligned: classes % 4 === 0 ? ["logits"] : [],
    workgroups,
    flops: 5 * rows * classes,
  };
}
