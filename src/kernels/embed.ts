// The TypeScript half of embed_slices.wgsl: slices put back into a larger tensor of zeros (padding, and the gradient
// of a slice).
//
// Decides: 4 elements at a time where the slices allow it.
// Leaves to others: the axis (the op shapes everything to [outer, axis, inner]).

import source from "../../shaders/embed_slices.wgsl?raw";
import { ceilDiv } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel } from "./kernel.ts";
import { foldWorkgroups } from "./workgroups.ts";

/** x is [outer, count, inner], y is [outer, size, inner]; every start + j * step with j < count lies in 0 … size - 1. */
export interface EmbedSizes {
  readonly outer: number;
  readonly size: number;
  readonly count: number;
  readonly inner: number;
  readonly start: number;
  /** Not 0; negative to put the slices in backwards. */
  readonly step: number;
}

const WORKGROUP_SIZE = 64;

export const embedSlicesKernel: Kernel = {
  name: "embed_slices",
  source,
  inputs: ["x"],
  output: "y",
  params: { total: "u32", size: "u32", count: "u32", inner: "u32", start: "i32", step: "i32" },
  constants: ["WORKGROUP_SIZE", "WHOLE_QUADS"],
  prologue: ["x"],
};

/** y[o, start + j * step, i] = x[o, j, i]; 0 elsewhere. */
export function embed(sizes: EmbedSizes, device: DeviceProfile): Dispatch {
  const { outer, ...slices } = inQuads(sizes);
  const total = outer * slices.size * slices.inner;
  const wholeQuads = slices.inner % 4 === 0;
  return {
    kernel: embedSlicesKernel,
    params: { ...slices, total },
    constants: { WHOLE_QUADS: Number(wholeQuads) },
    aligned: wholeQuads ? ["x", "y"] : [],
    workgroups: foldWorkgroups(ceilDiv(wholeQuads ? total / 4 : total, WORKGROUP_SIZE), device),
    flops: 0,
  };
}

/** The same copy with `inner` 4, where the slices follow each other without gaps and all lengths are multiples of 4. */
function inQuads(sizes: EmbedSizes): EmbedSizes {
  const { size, count, inner, start, step } = sizes;
  const lengths = [size, count, start].map((length) => (length * inner) / 4);
  const [quadSize = 0, quadCount = 0, quadStart = 0] = lengths;
  if (step !== 1 || !lengths.every(Number.isInteger)) return sizes;
  return { ...sizes, size: quadSize, count: quadCount, start: quadStart, inner: 4 };
}
