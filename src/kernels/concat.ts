// The TypeScript half of concat_pair.wgsl: two tensors, one behind the other along an axis.
//
// Decides: 4 elements at a time where both parts allow it.
// Leaves to others: more than two tensors, and the axis (the op shapes everything to [outer, axis, inner]).

import source from "../../shaders/concat_pair.wgsl?raw";
import { ceilDiv } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel } from "./kernel.ts";
import { foldWorkgroups } from "./workgroups.ts";

/** a is [outer, sizeA, inner], b is [outer, sizeB, inner]. */
export interface ConcatSizes {
  readonly outer: number;
  readonly sizeA: number;
  readonly sizeB: number;
  readonly inner: number;
}

const WORKGROUP_SIZE = 64;

export const concatPairKernel: Kernel = {
  name: "concat_pair",
  source,
  inputs: ["a", "b"],
  output: "y",
  params: { total: "u32", lengthA: "u32", lengthB: "u32" },
  constants: ["WORKGROUP_SIZE", "WHOLE_QUADS"],
  prologue: ["a", "b"],
};

/** y = a and b behind each other: [outer, sizeA + sizeB, inner]. */
export function concat({ outer, sizeA, sizeB, inner }: ConcatSizes, device: DeviceProfile): Dispatch {
  const lengthA = sizeA * inner;
  const lengthB = sizeB * inner;
  const total = outer * (lengthA + lengthB);
  const wholeQuads = lengthA % 4 === 0 && lengthB % 4 === 0;
  return {
    kernel: concatPairKernel,
    params: { total, lengthA, lengthB },
    constants: { WHOLE_QUADS: Number(wholeQuads) },
    aligned: wholeQuads ? ["a", "b", "y"] : [],
    workgroups: foldWorkgroups(ceilDiv(total, 4 * WORKGROUP_SIZE), device),
    flops: 0,
  };
}
