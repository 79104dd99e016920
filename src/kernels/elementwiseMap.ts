// The TypeScript half of elementwise_map.wgsl: copies, strided views made contiguous, and fused elementwise chains.

import source from "../../shaders/elementwise_map.wgsl?raw";
import { ceilDiv } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel } from "./kernel.ts";
import { foldWorkgroups } from "./workgroups.ts";

const WORKGROUP_SIZE = 64;

export const elementwiseMapKernel: Kernel = {
  name: "elementwise_map",
  source,
  inputs: ["x"],
  output: "y",
  params: { quads: "u32" },
  constants: ["WORKGROUP_SIZE"],
  prologue: ["x"],
};

/** y = x for `count` elements; `flopsPerElement` is what the chain fused into it computes. */
export function elementwiseMap(count: number, flopsPerElement: number, device: DeviceProfile): Dispatch {
  const quads = ceilDiv(count, 4);
  return {
    kernel: elementwiseMapKernel,
    params: { quads },
    constants: {},
    aligned: ["x", "y"],
    workgroups: foldWorkgroups(ceilDiv(quads, WORKGROUP_SIZE), device),
    flops: count * flopsPerElement,
  };
}
