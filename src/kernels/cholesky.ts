// The TypeScript half of the Cholesky shaders.
//
// Decides: one workgroup or one invocation per matrix, and up to which size a matrix is factored in one launch.
// Leaves to others: larger matrices, which are factored block by block (ops/cholesky.ts).

import serialSource from "../../shaders/cholesky_serial.wgsl?raw";
import tiledSource from "../../shaders/cholesky_tiled.wgsl?raw";
import { ceilDiv, nextPowerOfTwo } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel } from "./kernel.ts";
import { QUIET_NAN } from "./softmax.ts";
import { foldWorkgroups } from "./workgroups.ts";

/** x and y: [batch, n, n]. */
export interface CholeskySizes {
  readonly batch: number;
  readonly n: number;
}

const shared = {
  inputs: ["x"],
  output: "y",
  params: { batch: "u32", n: "u32", notANumber: "u32" },
  prologue: ["x"],
} as const;

export const choleskyTiledKernel: Kernel = {
  ...shared,
  name: "cholesky_tiled",
  source: tiledSource,
  constants: ["WORKGROUP_SIZE", "BLOCK", "CELLS"],
};

export const choleskySerialKernel: Kernel = {
  ...shared,
  name: "cholesky_serial",
  source: serialSource,
  constants: ["WORKGROUP_SIZE"],
};

/** The largest matrix that one launch factors, and one launch of `solveTriangular` solves for. */
const LARGEST = { gpu: 64, fallback: 32 };
const SERIAL_WORKGROUP_SIZE = 4;

/** How many rows of an n by n matrix the first of two blocks should have; `n` where one launch takes all of it. */
export function firstBlock(n: number, { kind }: DeviceProfile): number {
  const largest = LARGEST[kind];
  return n <= largest ? n : ceilDiv(ceilDiv(n, largest), 2) * largest;
}

/** y y^T = x, for matrices that one launch factors. */
export function cholesky({ batch, n }: CholeskySizes, device: DeviceProfile): Dispatch {
  const params = { batch, n, notANumber: QUIET_NAN };
  const common = { params, aligned: [], flops: (batch * n ** 3) / 3 };
  if (device.kind === "fallback") {
    const workgroups = foldWorkgroups(ceilDiv(batch, SERIAL_WORKGROUP_SIZE), device);
    return { ...common, kernel: choleskySerialKernel, constants: {}, workgroups };
  }
  const block = Math.max(16, nextPowerOfTwo(n));
  return {
    ...common,
    kernel: choleskyTiledKernel,
    constants: { WORKGROUP_SIZE: block === 16 ? 64 : 256, BLOCK: block, CELLS: block * block },
    workgroups: foldWorkgroups(batch, device),
  };
}
