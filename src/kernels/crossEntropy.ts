// Cross-entropy of logits and class labels, and its gradient: each one kernel, so that no log-probability is stored.
//
// Decides: the parameters of both; variant and geometry are those of softmax.
// Leaves to others: the mean over rows, and weights.

import gradientSource from "../../shaders/cross_entropy_gradient_rows.wgsl?raw";
import gradientSerialSource from "../../shaders/cross_entropy_gradient_rows_serial.wgsl?raw";
import rowsSource from "../../shaders/cross_entropy_rows.wgsl?raw";
import serialSource from "../../shaders/cross_entropy_rows_serial.wgsl?raw";
import type { DeviceProfile, Dispatch, Kernel, ParamType } from "./kernel.ts";
import { QUIET_NAN, type RowVariant, rowLaunch, rowVariant } from "./softmax.ts";

/** logits: [rows, classes], labels: [rows] of i32. */
export interface CrossEntropySizes {
  readonly rows: number;
  readonly classes: number;
}

const params: Readonly<Record<string, ParamType>> = {
  rows: "u32",
  classes: "u32",
  block: "u32",
  notANumber: "u32",
};

const forward = {
  inputs: ["logits", "labels"],
  output: "y",
  params,
  constants: ["WORKGROUP_SIZE"],
  prologue: ["logits"],
} as const;

const gradient = { ...forward, inputs: ["logits", "labels", "dy"], output: "dx" } as const;

export const crossEntropyRowsKernel: Kernel = {
  ...forward,
  name: "cross_entropy_rows",
  source: rowsSource,
};

export const crossEntropyRowsSerialKernel: Kernel = {
  ...forward,
  name: "cross_entropy_rows_serial",
  source: serialSource,
};

export const crossEntropyGradientKernel: Kernel = {
  ...gradient,
  name: "cross_entropy_gradient_rows",
  source: gradientSource,
};

export const crossEntropyGradientSerialKernel: Kernel = {
  ...gradient,
  name: "cross_entropy_gradient_rows_serial",
  source: gradientSerialSource,
};

/** y [rows] = log sum exp(logits[r]) - logits[r, labels[r]]; NaN where the label names no class. */
export function crossEntropyRows(sizes: CrossEntropySizes, device: DeviceProfile): Dispatch {
  return crossEntropyRowsVariant(rowVariant(sizes.classes, device), sizes, device);
}

/** `crossEntropyRows` by the given variant. */
export function crossEntropyRowsVariant(
  variant: RowVariant,
  sizes: CrossEntropySizes,
  device: DeviceProfile,
): Dispatch {
  const kernel = variant === "rows" ? crossEntropyRowsKernel : crossEntropyRowsSerialKernel;
  return launch(kernel, variant, sizes, ["logits"], device);
}

/** dx [rows, classes] = (softmax(logits[r]) - onehot(labels[r])) * dy[r]; NaN where the label names no class. */
export function crossEntropyGradient(sizes: CrossEntropySizes, device: DeviceProfile): Dispatch {
  return crossEntropyGradientVariant(rowVariant(sizes.classes, device), sizes, device);
}

/** `crossEntropyGradient` by the given variant. */
export function crossEntropyGradientVariant(
  variant: RowVariant,
  sizes: CrossEntropySizes,
  device: DeviceProfile,
): Dispatch {
  const kernel = variant === "rows" ? crossEntropyGradientKernel : crossEntropyGradientSerialKernel;
  return launch(kernel, variant, sizes, ["logits", "dx"], device);
}

function launch(
  kernel: Kernel,
  variant: RowVariant,
  { rows, classes }: CrossEntropySizes,
  widePorts: readonly string[],
  device: DeviceProfile,
): Dispatch {
  const { block, workgroupSize, workgroups } = rowLaunch(variant, rows, classes, device);
  return {
    kernel,
    params: { rows, classes, block, notANumber: QUIET_NAN },
    constants: { WORKGROUP_SIZE: workgroupSize },
    aligned: classes % 4 === 0 ? widePorts : [],
    workgroups,
    flops: 5 * rows * classes,
  };
}
