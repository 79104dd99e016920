// The TypeScript half of the CTC shaders: paths of labels and blanks through time, and the gradient.
//
// Decides: one workgroup or one invocation per sequence.
// Leaves to others: which emission belongs to which state (ops/ctcLoss.ts).

import forwardRowsSource from "../../shaders/ctc_forward_rows.wgsl?raw";
import forwardSerialSource from "../../shaders/ctc_forward_serial.wgsl?raw";
import gradientRowsSource from "../../shaders/ctc_gradient_rows.wgsl?raw";
import gradientSerialSource from "../../shaders/ctc_gradient_serial.wgsl?raw";
import { ceilDiv } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel } from "./kernel.ts";
import { QUIET_NAN } from "./softmax.ts";
import { foldWorkgroups } from "./workgroups.ts";

/** Emissions: [time, batch, states]. */
export interface CtcSizes {
  readonly time: number;
  readonly batch: number;
  readonly states: number;
}

/** As many labels as the memory of a workgroup, or of an invocation, has states for. */
export const MOST_CTC_LABELS = 1000;
const INFINITY = 0x7f800000;
const SERIAL_WORKGROUP_SIZE = 4;

const params = { time: "u32", batch: "u32", states: "u32", notANumber: "u32" } as const;
const forward = {
  inputs: ["x", "labels", "steps", "counts"],
  output: "y",
  params: { ...params, infinity: "u32" },
  prologue: ["x", "steps", "counts"],
} as const;
const gradient = {
  inputs: ["forward", "labels", "steps", "counts", "dy"],
  output: "dx",
  params,
  prologue: ["steps", "counts", "dy"],
} as const;

export const ctcForwardRowsKernel: Kernel = {
  ...forward,
  name: "ctc_forward_rows",
  source: forwardRowsSource,
  constants: ["WORKGROUP_SIZE", "SLOTS"],
};

export const ctcForwardSerialKernel: Kernel = {
  ...forward,
  name: "ctc_forward_serial",
  source: forwardSerialSource,
  constants: ["WORKGROUP_SIZE"],
};

export const ctcGradientRowsKernel: Kernel = {
  ...gradient,
  name: "ctc_gradient_rows",
  source: gradientRowsSource,
  constants: ["WORKGROUP_SIZE", "SLOTS"],
};

export const ctcGradientSerialKernel: Kernel = {
  ...gradient,
  name: "ctc_gradient_serial",
  source: gradientSerialSource,
  constants: ["WORKGROUP_SIZE"],
};

/** The losses [batch] and the logarithms of paths [time, batch, states]. */
export function ctcForward(sizes: CtcSizes, device: DeviceProfile): Dispatch {
  const kernels = { gpu: ctcForwardRowsKernel, fallback: ctcForwardSerialKernel };
  const launched = launch(kernels[device.kind], sizes, device);
  return { ...launched, params: { ...launched.params, infinity: INFINITY } };
}

/** The gradient by emissions, from what `ctcForward` gave and its gradient. */
export function ctcGradient(sizes: CtcSizes, device: DeviceProfile): Dispatch {
  const kernels = { gpu: ctcGradientRowsKernel, fallback: ctcGradientSerialKernel };
  return launch(kernels[device.kind], sizes, device);
}

function launch(kernel: Kernel, sizes: CtcSizes, device: DeviceProfile): Dispatch {
  const { time, batch, states } = sizes;
  const isSerial = device.kind === "fallback";
  return {
    kernel,
    params: { time, batch, states, notANumber: QUIET_NAN },
    constants: isSerial ? {} : { SLOTS: slotsFor(states) },
    aligned: [],
    workgroups: foldWorkgroups(isSerial ? ceilDiv(batch, SERIAL_WORKGROUP_SIZE) : batch, device),
    flops: 30 * time * batch * states,
  };
}

/** Two rows of states, in one of few sizes, since each is a pipeline of its own. */
function slotsFor(states: number): number {
  return states <= 128 ? 256 : states <= 512 ? 1024 : 4032;
}
