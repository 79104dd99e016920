// The TypeScript half of the shaders that solve triangular systems.
//
// Decides: one workgroup per 16 columns or one invocation per column.
// Leaves to others: systems that are too large for one launch (ops/solveTriangular.ts, by `firstBlock`).

import serialSource from "../../shaders/solve_triangular_serial.wgsl?raw";
import tiledSource from "../../shaders/solve_triangular_tiled.wgsl?raw";
import { ceilDiv } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel, ParamType } from "./kernel.ts";
import { foldWorkgroups } from "./workgroups.ts";

/** Which triangle, and whether its diagonal counts as 1. */
export interface Triangle {
  readonly upper: boolean;
  readonly unit: boolean;
}

/** a: [batch, n, n]; b and y: [batch, n, columns]. */
export interface SolveSizes extends Triangle {
  readonly batch: number;
  readonly n: number;
  readonly columns: number;
}

const address = ["aBatch", "aRow", "aColumn", "aOffset"];
const shared = { inputs: ["a", "b"], output: "y", prologue: ["b"], strided: { a: address } } as const;

function paramsOf(names: readonly string[]): Record<string, ParamType> {
  return Object.fromEntries(
    [...names, "columns", "n", "reverse", "unit", ...address].map((name) => [name, "u32"]),
  );
}

export const solveTriangularTiledKernel: Kernel = {
  ...shared,
  name: "solve_triangular_tiled",
  source: tiledSource,
  params: paramsOf(["groups", "columnBlocks"]),
  constants: [],
};

export const solveTriangularSerialKernel: Kernel = {
  ...shared,
  name: "solve_triangular_serial",
  source: serialSource,
  params: paramsOf(["invocations"]),
  constants: ["WORKGROUP_SIZE"],
};

/** Columns of a workgroup, as the shader has it. */
const COLUMNS = 16;
const SERIAL_WORKGROUP_SIZE = 16;

/** a y = b, for systems that one launch solves. */
export function solveTriangular(sizes: SolveSizes, device: DeviceProfile): Dispatch {
  const { batch, n, columns, upper, unit } = sizes;
  const params = {
    ...{ columns, n, reverse: Number(upper), unit: Number(unit) },
    ...{ aBatch: n * n, aRow: n, aColumn: 1, aOffset: 0 },
  };
  const common = { constants: {}, aligned: [], flops: batch * n * n * columns };
  if (device.kind === "fallback") {
    const invocations = batch * columns;
    const workgroups = foldWorkgroups(ceilDiv(invocations, SERIAL_WORKGROUP_SIZE), device);
    return { ...common, kernel: solveTriangularSerialKernel, params: { ...params, invocations }, workgroups };
  }
  const columnBlocks = ceilDiv(columns, COLUMNS);
  const groups = batch * columnBlocks;
  return {
    ...common,
    kernel: solveTriangularTiledKernel,
    params: { ...params, groups, columnBlocks },
    workgroups: foldWorkgroups(groups, device),
  };
}
