// The TypeScript half of unfold_gradient.wgsl: windows that slide along an axis, added up where they overlap.

import source from "../../shaders/unfold_gradient.wgsl?raw";
import { ceilDiv } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel } from "./kernel.ts";
import { foldWorkgroups } from "./workgroups.ts";

/**
 * dy: [outer, count, inner, size], dx: [outer, length, inner]; place k of window w is element w * step + k * dilation, counted
 * from `before` elements in front of dx.
 */
export interface UnfoldSizes {
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
  readonly size: number;
  readonly step: number;
  readonly dilation: number;
  readonly before: number;
  readonly length: number;
}

const WORKGROUP_SIZE = 64;

export const unfoldGradientKernel: Kernel = {
  name: "unfold_gradient",
  source,
  inputs: ["dy"],
  output: "dx",
  params: {
    total: "u32",
    count: "u32",
    inner: "u32",
    size: "u32",
    step: "u32",
    dilation: "u32",
    reach: "u32",
    before: "u32",
    length: "u32",
  },
  constants: ["WORKGROUP_SIZE"],
  prologue: ["dy"],
};

/** dx[o, w * step + k * dilation - before, i] = the sum of dy[o, w, i, k] over all w and k that meet there, in order of w. */
export function unfoldGradient(sizes: UnfoldSizes, device: DeviceProfile): Dispatch {
  const { outer, count, inner, size, step, dilation, before, length } = sizes;
  const total = outer * length * inner;
  const reach = size === 0 ? 0 : dilation * (size - 1) + 1;
  return {
    kernel: unfoldGradientKernel,
    params: { total, count, inner, size, step, dilation, reach, before, length },
    constants: {},
    aligned: [],
    workgroups: foldWorkgroups(ceilDiv(total, WORKGROUP_SIZE), device),
    flops: outer * count * inner * size,
  };
}
