// The TypeScript half of search_rows.wgsl: places in rows that are in order, found by halving.

import source from "../../shaders/search_rows.wgsl?raw";
import { ceilDiv } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel } from "./kernel.ts";
import { foldWorkgroups } from "./workgroups.ts";

/** keys: [rows, length]; values: [rows, count]. */
export interface SearchSizes {
  readonly rows: number;
  readonly length: number;
  readonly count: number;
}

const WORKGROUP_SIZE = 64;

export const searchRowsKernel: Kernel = {
  name: "search_rows",
  source,
  inputs: ["keys", "values"],
  output: "y",
  params: { total: "u32", length: "u32", count: "u32" },
  constants: ["WORKGROUP_SIZE", "RIGHT"],
  prologue: ["values"],
};

/** y[r, c] = how many of the sorted keys[r] are below values[r, c]; with `right` how many are not above it. */
export function searchRows(
  { rows, length, count }: SearchSizes,
  right: boolean,
  device: DeviceProfile,
): Dispatch {
  const total = rows * count;
  return {
    kernel: searchRowsKernel,
    params: { total, length, count },
    constants: { RIGHT: Number(right) },
    aligned: [],
    workgroups: foldWorkgroups(ceilDiv(total, WORKGROUP_SIZE), device),
    flops: 0,
  };
}
