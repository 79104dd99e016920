// The TypeScript half of the sample shaders: logits to the probabilities of what may be drawn, and the draw.
//
// Decides: one workgroup or one invocation per row, by the length of the row and the device.
// Leaves to others: the numbers that draws are made with, and the penalty for repetitions.

import categoricalRowsSource from "../../shaders/sample_categorical_rows.wgsl?raw";
import categoricalSerialSource from "../../shaders/sample_categorical_serial.wgsl?raw";
import filterRowsSource from "../../shaders/sample_filter_rows.wgsl?raw";
import filterSerialSource from "../../shaders/sample_filter_serial.wgsl?raw";
import { ceilDiv, roundUp } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel } from "./kernel.ts";
import { QUIET_NAN, type RowVariant, rowVariant, type SoftmaxSizes } from "./softmax.ts";
import { foldWorkgroups } from "./workgroups.ts";

const filterPorts = {
  inputs: ["logits", "temperature", "topK", "topP"],
  output: "y",
  constants: ["WORKGROUP_SIZE"],
  prologue: ["temperature", "topK", "topP"],
} as const;

export const sampleFilterRowsKernel: Kernel = {
  ...filterPorts,
  name: "sample_filter_rows",
  source: filterRowsSource,
  params: { rows: "u32", cols: "u32", notANumber: "u32" },
};

export const sampleFilterSerialKernel: Kernel = {
  ...filterPorts,
  name: "sample_filter_serial",
  source: filterSerialSource,
  params: { rows: "u32", cols: "u32", block: "u32", notANumber: "u32" },
};

const drawPorts = {
  inputs: ["x", "u"],
  output: "y",
  params: { rows: "u32", cols: "u32", chunk: "u32" },
  constants: ["WORKGROUP_SIZE"],
  prologue: ["u"],
} as const;

export const sampleCategoricalRowsKernel: Kernel = {
  ...drawPorts,
  name: "sample_categorical_rows",
  source: categoricalRowsSource,
};

export const sampleCategoricalSerialKernel: Kernel = {
  ...drawPorts,
  name: "sample_categorical_serial",
  source: categoricalSerialSource,
};

const SERIAL_WORKGROUP_SIZE = 4;
/** From here on a row keeps 256 invocations busy. */
const LONG_ROW = 1024;

/** The probabilities of what temperature, topK and topP leave, from logits [rows, cols]; the three are [rows]. */
export function sampleFilter(sizes: SoftmaxSizes, device: DeviceProfile): Dispatch {
  return sampleFilterVariant(rowVariant(sizes.cols, device), sizes, device);
}

/** `sampleFilter` by the given variant. */
export function sampleFilterVariant(
  variant: RowVariant,
  sizes: SoftmaxSizes,
  device: DeviceProfile,
): Dispatch {
  const { rows, cols } = sizes;
  const isSerial = variant === "serial";
  const block = Math.ceil(Math.sqrt(ceilDiv(cols, 4)));
  return {
    kernel: isSerial ? sampleFilterSerialKernel : sampleFilterRowsKernel,
    params: { rows, cols, notANumber: QUIET_NAN, ...(isSerial ? { block } : {}) },
    ...launch(variant, sizes, device),
    aligned: cols % 4 === 0 ? ["logits", "y"] : [],
    flops: 100 * rows * cols,
  };
}

/** The index drawn from each row of x [rows, cols] by the number u [rows] in [0, 1): i32 [rows]. */
export function sampleCategorical(sizes: SoftmaxSizes, device: DeviceProfile): Dispatch {
  return sampleCategoricalVariant(rowVariant(sizes.cols, device), sizes, device);
}

/** `sampleCategorical` by the given variant. */
export function sampleCategoricalVariant(
  variant: RowVariant,
  sizes: SoftmaxSizes,
  device: DeviceProfile,
): Dispatch {
  const { rows, cols } = sizes;
  const isSerial = variant === "serial";
  const { constants, workgroups } = launch(variant, sizes, device);
  // Runs about as long as there are runs, where one invocation sums them all.
  const run = isSerial ? Math.sqrt(cols) : cols / constants.WORKGROUP_SIZE;
  return {
    kernel: isSerial ? sampleCategoricalSerialKernel : sampleCategoricalRowsKernel,
    params: { rows, cols, chunk: roundUp(run, 4) },
    constants,
    workgroups,
    aligned: cols % 4 === 0 ? ["x"] : [],
    flops: 2 * rows * cols,
  };
}

function launch(variant: RowVariant, { rows, cols }: SoftmaxSizes, device: DeviceProfile) {
  const size = variant === "serial" ? SERIAL_WORKGROUP_SIZE : cols <= LONG_ROW ? 64 : 256;
  const count = variant === "serial" ? ceilDiv(rows, size) : rows;
  return { constants: { WORKGROUP_SIZE: size }, workgroups: foldWorkgroups(count, device) };
}
