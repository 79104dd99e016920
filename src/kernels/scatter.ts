// The TypeScript half of scatter_runs.wgsl: elements written to the places that an index names.
//
// Decides: how many indices of a line one invocation takes in order: all of them, so that the last of equal ones wins, or
// one where no two are equal.
// Leaves to others: what stands in all other places: the kernel writes the named ones only.

import source from "../../shaders/scatter_runs.wgsl?raw";
import { ceilDiv } from "../base/integers.ts";
import type { GatherSizes } from "./gather.ts";
import type { DeviceProfile, Dispatch, Kernel } from "./kernel.ts";
import { foldWorkgroups } from "./workgroups.ts";

const WORKGROUP_SIZE = 64;

export const scatterRunsKernel: Kernel = {
  name: "scatter_runs",
  source,
  inputs: ["index", "source"],
  output: "y",
  params: { invocations: "u32", runs: "u32", run: "u32", size: "u32", count: "u32", inner: "u32" },
  constants: ["WORKGROUP_SIZE"],
  prologue: ["index", "source"],
};

/**
 * y[o, index[o, j, i], i] = source[o, j, i], with an i32 index; outside of y nothing is written. Of equal indices the last
 * counts, unless the caller promises that there are none (`isUnique`).
 */
export function scatterRuns(sizes: GatherSizes, isUnique: boolean, device: DeviceProfile): Dispatch {
  const { outer, size, count, inner } = sizes;
  const run = isUnique ? 1 : count;
  const runs = ceilDiv(count, run);
  const invocations = outer * runs * inner;
  // Small workgroups spread few lines over all threads of a software adapter.
  const workgroupSize = device.kind === "fallback" ? 16 : WORKGROUP_SIZE;
  return {
    kernel: scatterRunsKernel,
    params: { invocations, runs, run, size, count, inner },
    constants: { WORKGROUP_SIZE: workgroupSize },
    aligned: [],
    workgroups: foldWorkgroups(ceilDiv(invocations, workgroupSize), device),
    flops: 0,
  };
}
