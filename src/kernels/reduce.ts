// Reductions along one axis: sum, product, largest, smallest, and where the largest or smallest stands.
//
// Decides: the variant by row length, layout and device: one invocation per row or per four columns where that is work
// enough or barriers are dear, else one workgroup; and into how many parts a long axis is worth cutting.
// Leaves to others: the second reduction over such parts, and means.

import argRowsSource from "../../shaders/reduce_arg_rows.wgsl?raw";
import argSerialSource from "../../shaders/reduce_arg_serial.wgsl?raw";
import columnsSource from "../../shaders/reduce_columns.wgsl?raw";
import columnsSerialSource from "../../shaders/reduce_columns_serial.wgsl?raw";
import rowsSource from "../../shaders/reduce_rows.wgsl?raw";
import rowsSerialSource from "../../shaders/reduce_rows_serial.wgsl?raw";
import { ceilDiv } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel, ParamType } from "./kernel.ts";
import { foldWorkgroups } from "./workgroups.ts";

/** What a reduction computes. The arg kinds give an i32 index, the lowest one of several; a NaN comes first. */
export type ReduceKind = ValueKind | ArgKind;

export type ArgKind = "argmax" | "argmin";

/** The kinds whose result is a value: of nothing 0, -infinity, infinity and 1; a NaN makes the result NaN. */
export type ValueKind = "sum" | "max" | "min" | "prod";

/** x: [outer, length, inner], y: [outer, inner]. */
export interface ReduceSizes {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

const rowParams: Readonly<Record<string, ParamType>> = {
  rows: "u32",
  length: "u32",
  block: "u32",
  identity: "u32",
};

const columnParams: Readonly<Record<string, ParamType>> = {
  outer: "u32",
  length: "u32",
  inner: "u32",
  block: "u32",
  identity: "u32",
};

const argParams: Readonly<Record<string, ParamType>> = { outputs: "u32", length: "u32", inner: "u32" };

const ports = { inputs: ["x"], output: "y", prologue: ["x"] } as const;

export const reduceRowsKernel: Kernel = {
  ...ports,
  name: "reduce_rows",
  source: rowsSource,
  params: rowParams,
  constants: ["WORKGROUP_SIZE", "KIND"],
};

export const reduceRowsSerialKernel: Kernel = {
  ...ports,
  name: "reduce_rows_serial",
  source: rowsSerialSource,
  params: rowParams,
  constants: ["WORKGROUP_SIZE", "KIND"],
};

export const reduceColumnsKernel: Kernel = {
  ...ports,
  name: "reduce_columns",
  source: columnsSource,
  params: columnParams,
  constants: ["WORKGROUP_SIZE", "KIND"],
};

export const reduceColumnsSerialKernel: Kernel = {
  ...ports,
  name: "reduce_columns_serial",
  source: columnsSerialSource,
  params: columnParams,
  constants: ["WORKGROUP_SIZE", "KIND", "QUADS"],
};

export const reduceArgRowsKernel: Kernel = {
  ...ports,
  name: "reduce_arg_rows",
  source: argRowsSource,
  params: argParams,
  constants: ["WORKGROUP_SIZE", "SMALLEST"],
};

export const reduceArgSerialKernel: Kernel = {
  ...ports,
  name: "reduce_arg_serial",
  source: argSerialSource,
  params: argParams,
  constants: ["WORKGROUP_SIZE", "SMALLEST"],
};

const KIND: Readonly<Record<ValueKind, number>> = { sum: 0, max: 1, min: 2, prod: 3 };
/** The bits of 0, -infinity, infinity and 1. */
const IDENTITY: Readonly<Record<ValueKind, number>> = {
  sum: 0,
  max: 0xff800000,
  min: 0x7f800000,
  prod: 0x3f800000,
};

/** Up to here one invocation reads a row as fast as a workgroup does. */
const SHORT_ROW = 32;
/** From here on a row keeps 256 invocations busy. */
const LONG_ROW = 1024;
/** From here on one invocation per output fills a GPU. */
const MANY_INVOCATIONS = 16384;
const COLUMNS_WORKGROUP = 128;
/** Invocations of sixteen columns that keep a software adapter busy, and how many go together. */
const ENOUGH_WIDE = 32;
const WIDE_WORKGROUP = 4;
const QUADS_SIDE_BY_SIDE = 8; // of reduce_columns

/** y [outer, inner] from the port x [outer, length, inner]; y is i32 for the arg kinds. */
export function reduce(kind: ReduceKind, sizes: ReduceSizes, device: DeviceProfile): Dispatch {
  const { outer, length, inner } = sizes;
  const serial = device.kind === "fallback" || length <= SHORT_ROW;
  if (kind === "argmax" || kind === "argmin") {
    return serial || outer * inner >= MANY_INVOCATIONS
      ? reduceArgSerial(kind, sizes, device)
      : reduceArgRows(kind, sizes, device);
  }
  if (inner === 1) return serial ? reduceRowsSerial(kind, sizes, device) : reduceRows(kind, sizes, device);
  return serial || outer * ceilDiv(inner, 4) >= MANY_INVOCATIONS
    ? reduceColumnsSerial(kind, sizes, device)
    : reduceColumns(kind, sizes, device);
}

/**
 * Into how many equal parts to cut `length` so that each is reduced on its own first: x as [outer * parts,
 * length / parts, inner], and what comes of it as [outer, parts, inner] again. 1 where that does not pay, or where
 * `length` has no divisor near the wanted number. Holds for the kinds whose result is a value.
 */
export function reduceParts({ outer, length, inner }: ReduceSizes, device: DeviceProfile): number {
  const fallback = device.kind === "fallback";
  const perOuter = ceilDiv(inner, inner === 1 ? 1 : fallback ? 4 : 4 * QUADS_SIDE_BY_SIDE);
  const [enough, shortestPart] = fallback ? [64, 512] : inner === 1 ? [256, 4096] : [256, 512];
  const wanted = Math.min(Math.floor(enough / (outer * perOuter)), Math.floor(length / shortestPart));
  return wanted < 4 ? 1 : nearestDivisor(length, wanted, inner === 1);
}

/** One workgroup per row of [rows, length]: `inner` must be 1. */
export function reduceRows(kind: ValueKind, sizes: ReduceSizes, device: DeviceProfile): Dispatch {
  const workgroupSize = sizes.length <= LONG_ROW ? 64 : 256;
  return {
    ...rowDispatch(kind, sizes, ceilDiv(sizes.length, 4 * workgroupSize)),
    kernel: reduceRowsKernel,
    constants: { WORKGROUP_SIZE: workgroupSize, KIND: KIND[kind] },
    workgroups: foldWorkgroups(sizes.outer, device),
  };
}

/** One invocation per row of [rows, length]: `inner` must be 1. */
export function reduceRowsSerial(kind: ValueKind, sizes: ReduceSizes, device: DeviceProfile): Dispatch {
  const workgroupSize = serialWorkgroup(device);
  return {
    ...rowDispatch(kind, sizes, ceilDiv(sizes.length, 16)),
    kernel: reduceRowsSerialKernel,
    constants: { WORKGROUP_SIZE: workgroupSize, KIND: KIND[kind] },
    workgroups: foldWorkgroups(ceilDiv(sizes.outer, workgroupSize), device),
  };
}

/** One workgroup per 32 columns. */
export function reduceColumns(kind: ValueKind, sizes: ReduceSizes, device: DeviceProfile): Dispatch {
  const { outer, length, inner } = sizes;
  const rowsAtOnce = (4 * COLUMNS_WORKGROUP) / QUADS_SIDE_BY_SIDE;
  return {
    ...columnDispatch(kind, sizes, ceilDiv(length, rowsAtOnce)),
    kernel: reduceColumnsKernel,
    constants: { WORKGROUP_SIZE: COLUMNS_WORKGROUP, KIND: KIND[kind] },
    workgroups: foldWorkgroups(outer * ceilDiv(inner, 4 * QUADS_SIDE_BY_SIDE), device),
  };
}

/** One invocation per four columns, or on a fallback device per sixteen where that leaves enough of them. */
export function reduceColumnsSerial(kind: ValueKind, sizes: ReduceSizes, device: DeviceProfile): Dispatch {
  const { outer, length, inner } = sizes;
  const isWide = device.kind === "fallback" && outer * ceilDiv(inner, 16) >= ENOUGH_WIDE;
  const QUADS = isWide ? 4 : 1;
  const workgroupSize = isWide ? WIDE_WORKGROUP : serialWorkgroup(device);
  return {
    ...columnDispatch(kind, sizes, ceilDiv(length, 4)),
    kernel: reduceColumnsSerialKernel,
    constants: { WORKGROUP_SIZE: workgroupSize, KIND: KIND[kind], QUADS },
    workgroups: foldWorkgroups(ceilDiv(outer * ceilDiv(inner, 4 * QUADS), workgroupSize), device),
  };
}

/** One workgroup per element of y. */
export function reduceArgRows(kind: ArgKind, sizes: ReduceSizes, device: DeviceProfile): Dispatch {
  const { outer, length, inner } = sizes;
  const workgroupSize = length <= LONG_ROW ? 64 : 256;
  return {
    ...argDispatch(sizes),
    kernel: reduceArgRowsKernel,
    constants: { WORKGROUP_SIZE: workgroupSize, SMALLEST: kind === "argmin" ? 1 : 0 },
    workgroups: foldWorkgroups(outer * inner, device),
  };
}

/** One invocation per element of y. */
export function reduceArgSerial(kind: ArgKind, sizes: ReduceSizes, device: DeviceProfile): Dispatch {
  const { outer, inner } = sizes;
  const workgroupSize = serialWorkgroup(device);
  return {
    ...argDispatch(sizes),
    kernel: reduceArgSerialKernel,
    constants: { WORKGROUP_SIZE: workgroupSize, SMALLEST: kind === "argmin" ? 1 : 0 },
    workgroups: foldWorkgroups(ceilDiv(outer * inner, workgroupSize), device),
  };
}

type Common = Pick<Dispatch, "params" | "aligned" | "flops">;

function rowDispatch(kind: ValueKind, sizes: ReduceSizes, steps: number): Common {
  const { outer, length } = sizes;
  return {
    params: { rows: outer, length, block: blockOf(steps), identity: IDENTITY[kind] },
    aligned: length % 4 === 0 ? ["x"] : [],
    flops: flopsOf(sizes),
  };
}

function columnDispatch(kind: ValueKind, sizes: ReduceSizes, steps: number): Common {
  const { outer, length, inner } = sizes;
  return {
    params: { outer, length, inner, block: blockOf(steps), identity: IDENTITY[kind] },
    aligned: inner % 4 === 0 ? ["x", "y"] : [],
    flops: flopsOf(sizes),
  };
}

function argDispatch(sizes: ReduceSizes): Common {
  const { outer, length, inner } = sizes;
  return { params: { outputs: outer * inner, length, inner }, aligned: [], flops: flopsOf(sizes) };
}

/** Blocks as long as there are blocks: the sum of a sum's additions in a row is then the smallest. */
function blockOf(steps: number): number {
  return Math.max(1, Math.ceil(Math.sqrt(steps)));
}

function serialWorkgroup(device: DeviceProfile): number {
  // Small workgroups spread few rows over all threads of a software adapter.
  return device.kind === "fallback" ? 16 : 64;
}

function flopsOf({ outer, length, inner }: ReduceSizes): number {
  return outer * length * inner;
}

/** The divisor of `value` nearest to `wanted` in ratio, within a factor of 4; 1 where there is none. */
function nearestDivisor(value: number, wanted: number, quadsPreferred: boolean): number {
  let best = 1;
  let bestCost = Number.POSITIVE_INFINITY;
  for (let parts = ceilDiv(wanted, 4); parts <= wanted * 4; parts++) {
    if (parts < 2 || value % parts !== 0) continue;
    // Parts that do not start at a multiple of 4 are read one by one.
    const scalar = quadsPreferred && (value / parts) % 4 !== 0 ? 1 : 0;
    const cost = Math.abs(Math.log2(parts / wanted)) + scalar;
    if (cost < bestCost) {
      best = parts;
      bestCost = cost;
    }
  }
  return best;
}
