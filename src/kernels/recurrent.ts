// The TypeScript half of the lstm_step and gru_step shaders: what one step of a recurrent network does after its matrix
// products, forward and backward.
//
// Decides: four neighbours at a time where the width allows it.

import gruSource from "../../shaders/gru_step.wgsl?raw";
import gruGradientSource from "../../shaders/gru_step_gradient.wgsl?raw";
import lstmSource from "../../shaders/lstm_step.wgsl?raw";
import lstmGradientSource from "../../shaders/lstm_step_gradient.wgsl?raw";
import { ceilDiv } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel } from "./kernel.ts";
import { foldWorkgroups } from "./workgroups.ts";

/** The state: [rows, width], an item of the batch in each row. */
export interface StepSizes {
  readonly rows: number;
  readonly width: number;
}

const WORKGROUP_SIZE = 64;

const shared = {
  params: { rows: "u32", width: "u32" },
  constants: ["WORKGROUP_SIZE", "WIDE"],
} as const;

export const lstmStepKernel: Kernel = {
  ...shared,
  name: "lstm_step",
  source: lstmSource,
  inputs: ["gates", "state"],
  output: "y",
  prologue: ["gates", "state"],
};

export const lstmStepGradientKernel: Kernel = {
  ...shared,
  name: "lstm_step_gradient",
  source: lstmGradientSource,
  inputs: ["gates", "state", "dh", "dc"],
  output: "dx",
  prologue: ["gates", "state", "dh", "dc"],
};

export const gruStepKernel: Kernel = {
  ...shared,
  name: "gru_step",
  source: gruSource,
  inputs: ["x", "sums", "state"],
  output: "y",
  prologue: ["x", "sums", "state"],
};

export const gruStepGradientKernel: Kernel = {
  ...shared,
  name: "gru_step_gradient",
  source: gruGradientSource,
  inputs: ["x", "sums", "state", "dy"],
  output: "dx",
  prologue: ["x", "sums", "state", "dy"],
};

/** y [2, rows, width] = (h', c') from gates [rows, 4 width] and state c [rows, width]. */
export function lstmStep(sizes: StepSizes, device: DeviceProfile): Dispatch {
  return launch(lstmStepKernel, sizes, 20, device);
}

/** dx [rows, 5 width] = (dgates, dc) from gates [rows, 4 width], state c, dh' and dc' [rows, width]. */
export function lstmStepGradient(sizes: StepSizes, device: DeviceProfile): Dispatch {
  return launch(lstmStepGradientKernel, sizes, 42, device);
}

/** y [rows, width] = h' from x and sums [rows, 3 width] and state h [rows, width]. */
export function gruStep(sizes: StepSizes, device: DeviceProfile): Dispatch {
  return launch(gruStepKernel, sizes, 20, device);
}

/** dx [rows, 7 width] = (dx, dsums, dh) from x and sums [rows, 3 width], state h and dh' [rows, width]. */
export function gruStepGradient(sizes: StepSizes, device: DeviceProfile): Dispatch {
  return launch(gruStepGradientKernel, sizes, 34, device);
}

function launch(kernel: Kernel, sizes: StepSizes, flopsPerElement: number, device: DeviceProfile): Dispatch {
  const { rows, width } = sizes;
  const wide = width % 4 === 0;
  return {
    kernel,
    params: { rows, width },
    constants: { WIDE: Number(wide) },
    aligned: wide ? [...kernel.inputs, kernel.output] : [],
    workgroups: foldWorkgroups(ceilDiv(rows * width, WORKGROUP_SIZE * (wide ? 4 : 1)), device),
    flops: rows * width * flopsPerElement,
  };
}
