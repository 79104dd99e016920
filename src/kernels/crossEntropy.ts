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
  /** The label of rows that do not count. Default -100. */
  readonly ignoreIndex?: number;
  /** The share of the target that all classes divide among themselves. Default 0. */
  readonly labelSmoothing?: number;
}

/** What a row that does not count is labelled with, as in PyTorch. */
export const IGNORED_LABEL = -100;

const params: Readonly<Record<string, ParamType>> = {
  rows: "u32",
  classes: "u32",
  block: "u32",
  notANumber: "u32",
  ignored: "i32",
};

const forward = {
  inputs: ["logits", "labels"],
  output: "y",
  params: { ...params, smoothing: "f32" },
  constants: ["WORKGROUP_SIZE", "SMOOTHED"],
  prologue: ["logits"],
} as const;

const gradient = {
  inputs: ["logits", "labels", "dy"],
  output: "dx",
  params: { ...params, hitTarget: "f32", missTarget: "f32" },
  constants: ["WORKGROUP_SIZE"],
  prologue: ["logits"],
} as const;

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

/**
 * y [rows] = log sum exp(logits[r]) - logits[r, labels[r]], of which a share is the mean over all classes; 0 where the
 * label is to be ignored, else NaN where it names no class.
 */
export function crossEntropyRows(sizes: CrossEntropySizes, device: DeviceProfile): Dispatch {
  return crossEntropyRowsVariant(rowVariant(sizes.classes, device), sizes, device);
}

/** `crossEntropyRows` by the given variant. */
export function crossEntropyRowsVariant(
  variant: RowVariant,
  sizes: CrossEntropySizes,
  device: DeviceProfile,
): Dispatch {
  const { classes, labelSmoothing = 0 } = sizes;
  const kernel = variant === "rows" ? crossEntropyRowsKernel : crossEntropyRowsSerialKernel;
  const base = launch(kernel, variant, sizes, ["logits"], device);
  return {
    ...base,
    params: { ...base.params, smoothing: labelSmoothing / classes },
    constants: { ...base.constants, SMOOTHED: labelSmoothing === 0 ? 0 : 1 },
  };
}

/** dx [rows, classes] = (softmax(logits[r]) - target of labels[r]) * dy[r]; 0 or NaN as `crossEntropyRows`. */
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
  const { classes, labelSmoothing = 0 } = sizes;
  const missTarget = labelSmoothing / classes;
  const base = launch(kernel, variant, sizes, ["logits", "dx"], device);
  return { ...base, params: { ...base.params, hitTarget: 1 - labelSmoothing + missTarget, missTarget } };
}

function launch(
  kernel: Kernel,
  variant: RowVariant,
  { rows, classes, ignoreIndex = IGNORED_LABEL }: CrossEntropySizes,
  widePorts: readonly string[],
  device: DeviceProfile,
): Dispatch {
  const { block, workgroupSize, workgroups } = rowLaunch(variant, rows, classes, device);
  return {
    kernel,
    params: { rows, classes, block, notANumber: QUIET_NAN, ignored: ignoreIndex },
    constants: { WORKGROUP_SIZE: workgroupSize },
    aligned: classes % 4 === 0 ? widePorts : [],
    workgroups,
    flops: 5 * rows * classes,
  };
}
