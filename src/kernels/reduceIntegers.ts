// The TypeScript half of reduce_integers_serial.wgsl: reductions of whole numbers, which f32 would round.

import source from "../../shaders/reduce_integers_serial.wgsl?raw";
import { ceilDiv } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel } from "./kernel.ts";
import type { ReduceKind, ReduceSizes } from "./reduce.ts";
import { foldWorkgroups } from "./workgroups.ts";

const WORKGROUP_SIZE = 64;
const KINDS: readonly ReduceKind[] = ["sum", "max", "min", "argmax", "argmin", "prod"];

export const reduceIntegersSerialKernel: Kernel = {
  name: "reduce_integers_serial",
  source,
  inputs: ["x"],
  output: "y",
  params: { outputs: "u32", length: "u32", inner: "u32" },
  constants: ["WORKGROUP_SIZE", "KIND", "UNSIGNED"],
  prologue: ["x"],
};

/** y [outer, inner] = `kind` of x [outer, length, inner] over the middle, exact, on either profile. */
export function reduceIntegers(
  kind: ReduceKind,
  { outer, length, inner }: ReduceSizes,
  isUnsigned: boolean,
  device: DeviceProfile,
): Dispatch {
  const outputs = outer * inner;
  return {
    kernel: reduceIntegersSerialKernel,
    params: { outputs, length, inner },
    constants: { KIND: KINDS.indexOf(kind), UNSIGNED: Number(isUnsigned) },
    aligned: [],
    workgroups: foldWorkgroups(ceilDiv(outputs, WORKGROUP_SIZE), device),
    flops: outputs * length,
  };
}
