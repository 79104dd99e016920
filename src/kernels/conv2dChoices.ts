// What convolutions may be computed by, for tuning: tiles through workgroup memory where the device has it, or directly
// with more or fewer channels to an invocation.

import { type Choices, choicesOf } from "./choice.ts";
import {
  conv2dDirect,
  conv2dForward,
  conv2dInputGradient,
  conv2dInputGradientDirect,
  conv2dInputGradientTiled,
  conv2dTiled,
} from "./conv2d.ts";
import type { Conv2dSizes } from "./conv2dSizes.ts";
import {
  type Conv2dSplitSizes,
  conv2dWeightGradient,
  conv2dWeightGradientDirect,
  conv2dWeightGradientTiled,
} from "./conv2dWeightGradient.ts";
import type { DeviceProfile, Dispatch } from "./kernel.ts";

type Launch<S> = (sizes: S, device: DeviceProfile) => Dispatch;

/** With fewer channels in a group a tile is all but empty. */
const FEWEST_TILED = 8;

export function conv2dChoices(sizes: Conv2dSizes, device: DeviceProfile): Choices | undefined {
  return choices("conv2d", conv2dForward, conv2dTiled, conv2dDirect, sizes, device);
}

export function conv2dInputGradientChoices(sizes: Conv2dSizes, device: DeviceProfile): Choices | undefined {
  const [tiled, direct] = [conv2dInputGradientTiled, conv2dInputGradientDirect];
  return choices("conv2dInputGradient", conv2dInputGradient, tiled, direct, sizes, device);
}

/** In how many parts the sum is cut is not among the choices. */
export function conv2dWeightGradientChoices(
  sizes: Conv2dSplitSizes,
  device: DeviceProfile,
): Choices | undefined {
  const [tiled, direct] = [conv2dWeightGradientTiled, conv2dWeightGradientDirect];
  return choices("conv2dWeightGradient", conv2dWeightGradient, tiled, direct, sizes, device);
}

function choices<S extends Conv2dSizes & { readonly splits?: number }>(
  family: string,
  usual: Launch<S>,
  tiled: Launch<S>,
  direct: Launch<S>,
  sizes: S,
  device: DeviceProfile,
): Choices | undefined {
  const { batch, groups, channelsIn, channelsOut, heightOut, widthOut } = sizes;
  const { kernelHeight, kernelWidth, strideY, strideX, dilationY, dilationX, splits = 1 } = sizes;
  const named: Record<string, Dispatch> = {};
  if (device.kind === "gpu" && Math.min(channelsIn, channelsOut) / groups >= FEWEST_TILED) {
    named.tiled = tiled(sizes, device);
  }
  // Direct kernels take as many channels as the kind of device suggests: here each kind's number is tried.
  named.direct4 = direct(sizes, { ...device, kind: "gpu" });
  named.direct8 = direct(sizes, { ...device, kind: "fallback" });
  const rounded = [splits, batch, groups, channelsIn, channelsOut, heightOut, widthOut];
  const flags = [
    `${kernelHeight}x${kernelWidth}`,
    `stride:${strideY}x${strideX}`,
    `dilation:${dilationY}x${dilationX}`,
  ];
  return choicesOf(family, rounded, flags, usual(sizes, device), named);
}
