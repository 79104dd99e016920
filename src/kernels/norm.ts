// Layer norm and RMS norm over rows, and their gradients. RMS norm is layer norm whose mean counts as 0, so each kernel
// does both.
//
// Decides: one invocation per row where rows are short or barriers dear, else one workgroup; how a weight's gradient,
// a sum over all rows, is cut into slabs of rows; and when these are short enough for one kernel to give dx, too.
// Leaves to others: the sum over slabs, and absent weights and biases, which come as constants.

import inputGradientSource from "../../shaders/norm_input_gradient_rows.wgsl?raw";
import inputGradientSerialSource from "../../shaders/norm_input_gradient_rows_serial.wgsl?raw";
import inputGradientSlabsSource from "../../shaders/norm_input_gradient_slabs.wgsl?raw";
import rowsSource from "../../shaders/norm_rows.wgsl?raw";
import serialSource from "../../shaders/norm_rows_serial.wgsl?raw";
import statisticsSource from "../../shaders/norm_statistics_serial.wgsl?raw";
import weightGradientSerialSource from "../../shaders/norm_weight_gradient_serial.wgsl?raw";
import weightGradientSlabsSource from "../../shaders/norm_weight_gradient_slabs.wgsl?raw";
import { ceilDiv, nextPowerOfTwo, roundUp } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel, ParamType } from "./kernel.ts";
import { type RowVariant, rowLaunch, rowVariant } from "./softmax.ts";
import { foldWorkgroups } from "./workgroups.ts";

/** x, y, dy, dx: [rows, cols]. */
export interface NormSizes {
  readonly rows: number;
  readonly cols: number;
  /** Added to the variance. */
  readonly eps: number;
  /** Whether the mean is taken away (layer norm) or counts as 0 (RMS norm). */
  readonly centered: boolean;
}

/** dw: [slabs, 2, cols] with a bias, else [slabs, 1, cols]. */
export interface NormWeightSizes extends NormSizes {
  readonly bias: boolean;
  readonly slabs: number;
}

const rowParams: Readonly<Record<string, ParamType>> = { rows: "u32", cols: "u32", block: "u32", eps: "f32" };
const rowConstants = ["WORKGROUP_SIZE", "CENTERED"] as const;

const forward = {
  inputs: ["x", "w", "b"],
  output: "y",
  params: rowParams,
  constants: rowConstants,
  prologue: [],
} as const;

const inputGradient = { ...forward, inputs: ["x", "w", "dy"], output: "dx", prologue: ["dy"] } as const;

export const normRowsKernel: Kernel = { ...forward, name: "norm_rows", source: rowsSource };

export const normRowsSerialKernel: Kernel = {
  ...forward,
  name: "norm_rows_serial",
  source: serialSource,
  byproduct: "statistics",
  constants: [...rowConstants, "STATISTICS"],
};

export const normInputGradientKernel: Kernel = {
  ...inputGradient,
  name: "norm_input_gradient_rows",
  source: inputGradientSource,
};

export const normInputGradientSerialKernel: Kernel = {
  ...inputGradient,
  name: "norm_input_gradient_rows_serial",
  source: inputGradientSerialSource,
};

const slabParams = { rows: "u32", cols: "u32", slabs: "u32", slabRows: "u32", eps: "f32" } as const;
const slabConstants = ["WORKGROUP_SIZE", "SIDE", "CENTERED", "BIAS"] as const;

export const normInputGradientSlabsKernel: Kernel = {
  ...inputGradient,
  name: "norm_input_gradient_slabs",
  source: inputGradientSlabsSource,
  byproduct: "dw",
  params: slabParams,
  constants: slabConstants,
};

export const normWeightGradientSlabsKernel: Kernel = {
  name: "norm_weight_gradient_slabs",
  source: weightGradientSlabsSource,
  inputs: ["x", "dy"],
  output: "dw",
  params: slabParams,
  constants: slabConstants,
  prologue: ["dy"],
};

export const normStatisticsKernel: Kernel = {
  name: "norm_statistics_serial",
  source: statisticsSource,
  inputs: ["x"],
  output: "statistics",
  params: rowParams,
  constants: rowConstants,
  prologue: ["x"],
};

export const normWeightGradientSerialKernel: Kernel = {
  name: "norm_weight_gradient_serial",
  source: weightGradientSerialSource,
  inputs: ["x", "dy", "statistics"],
  output: "dw",
  params: { rows: "u32", cols: "u32", slabs: "u32", slabRows: "u32", block: "u32" },
  constants: ["WORKGROUP_SIZE", "BIAS"],
  prologue: ["x", "dy"],
};

/** y [rows, cols] = the normalised rows of x, times w [cols], plus b [cols]. */
export function norm(sizes: NormSizes, device: DeviceProfile): Dispatch {
  return normVariant(rowVariant(sizes.cols, device), sizes, device);
}

/** A launch of `norm` with what `normStatistics` gives as its kernel's by-product; undefined where that has none. */
export function normWithStatistics(
  sizes: NormSizes,
  device: DeviceProfile,
  dispatch: Dispatch = norm(sizes, device),
): Dispatch | undefined {
  if (dispatch.kernel.byproduct === undefined) return undefined;
  return {
    ...dispatch,
    constants: { ...dispatch.constants, STATISTICS: 1 },
    aligned: [...dispatch.aligned, "statistics"],
  };
}

/** `norm` by the given variant. */
export function normVariant(variant: RowVariant, sizes: NormSizes, device: DeviceProfile): Dispatch {
  const kernel = variant === "rows" ? normRowsKernel : normRowsSerialKernel;
  return rowDispatch(kernel, variant, sizes, ["x", "w", "b", "y"], device);
}

/** dx [rows, cols] of `norm`, from x, w and dy. */
export function normInputGradient(sizes: NormSizes, device: DeviceProfile): Dispatch {
  return normInputGradientVariant(rowVariant(sizes.cols, device), sizes, device);
}

/** `normInputGradient` by the given variant. */
export function normInputGradientVariant(
  variant: RowVariant,
  sizes: NormSizes,
  device: DeviceProfile,
): Dispatch {
  const kernel = variant === "rows" ? normInputGradientKernel : normInputGradientSerialKernel;
  return rowDispatch(kernel, variant, sizes, ["x", "w", "dy", "dx"], device);
}

/**
 * dx with dw, what `normWeightGradient` gives, as its kernel's by-product. Undefined where dx had better be computed row
 * by row: where a workgroup would take many rows one after the other, or has not a quad of columns for each invocation.
 */
export function normInputGradientWithWeights(
  sizes: NormWeightSizes,
  device: DeviceProfile,
): Dispatch | undefined {
  const { rows, cols } = sizes;
  const { params, constants, aligned } = normWeightGradient(sizes, device);
  if (device.kind === "fallback" || params.slabRows > MOST_TURNS * ROWS_AT_ONCE) return undefined;
  if (cols > 4 * constants.SIDE) return undefined;
  return {
    kernel: normInputGradientSlabsKernel,
    params,
    constants,
    aligned: aligned.length > 0 ? ["x", "w", "dy", "dx", "dw"] : [],
    workgroups: foldWorkgroups(sizes.slabs, device),
    flops: 16 * rows * cols,
  };
}

/** statistics [rows, 4] = (center, drift, 1 / deviation, 0), where the mean is center + drift. */
export function normStatistics(sizes: NormSizes, device: DeviceProfile): Dispatch {
  const dispatch = rowDispatch(normStatisticsKernel, "serial", sizes, ["x"], device);
  return { ...dispatch, aligned: [...dispatch.aligned, "statistics"] };
}

function rowDispatch(
  kernel: Kernel,
  variant: RowVariant,
  { rows, cols, eps, centered }: NormSizes,
  widePorts: readonly string[],
  device: DeviceProfile,
): Dispatch {
  const { block, workgroupSize, workgroups } = rowLaunch(variant, rows, cols, device);
  return {
    kernel,
    params: { rows, cols, block, eps },
    constants: { WORKGROUP_SIZE: workgroupSize, CENTERED: centered ? 1 : 0 },
    aligned: cols % 4 === 0 ? widePorts : [],
    workgroups,
    flops: 8 * rows * cols,
  };
}

const SLABS_WORKGROUP = 256;
/** Rows that one workgroup of norm_weight_gradient_slabs measures at once. */
const ROWS_AT_ONCE = SLABS_WORKGROUP / 16;
/** Up to so many rows one workgroup per columns does it all: a second launch would cost about as much. An estimate. */
const MODERATE_ROWS = 256;
/** As often a workgroup may take rows for both gradients: it has to do so for one of them anyway. An estimate. */
const MOST_TURNS = 2;
/** Workgroups that fill a GPU. An estimate. */
const ENOUGH_WORKGROUPS = 128;

/** On the fallback: more invocations than these were no faster on two cores, at 1024 rows of 64 columns. */
const ENOUGH_INVOCATIONS = 16;
const SHORTEST_SLAB = 1024;

/** Into how many slabs the rows are cut, to be added up later; 1 where that does not pay. None of them is empty. */
export function normWeightGradientSlabs(rows: number, cols: number, device: DeviceProfile): number {
  const wanted = wantedSlabs(rows, cols, device);
  return ceilDiv(rows, slabHeight(rows, wanted, device.kind === "fallback" ? 1 : ROWS_AT_ONCE));
}

function wantedSlabs(rows: number, cols: number, device: DeviceProfile): number {
  if (device.kind === "fallback") {
    const enough = Math.floor(ENOUGH_INVOCATIONS / ceilDiv(cols, 4));
    return Math.min(enough, Math.floor(rows / SHORTEST_SLAB));
  }
  if (rows <= MODERATE_ROWS) return 1;
  return Math.floor(ENOUGH_WORKGROUPS / ceilDiv(cols, 4 * quadsSideBySide(cols)));
}

/** Rows of a slab, in whole steps of the kernel. */
function slabHeight(rows: number, slabs: number, step: number): number {
  return roundUp(Math.max(1, ceilDiv(rows, Math.max(1, slabs))), step);
}

/** dw from x and dy: each workgroup measures its rows itself. */
export function normWeightGradient(sizes: NormWeightSizes, device: DeviceProfile): Dispatch {
  const { rows, cols, slabs, eps, centered, bias } = sizes;
  const side = quadsSideBySide(cols);
  const slabRows = slabHeight(rows, slabs, ROWS_AT_ONCE);
  return {
    kernel: normWeightGradientSlabsKernel,
    params: { rows, cols, slabs, slabRows, eps },
    constants: {
      WORKGROUP_SIZE: SLABS_WORKGROUP,
      SIDE: side,
      CENTERED: centered ? 1 : 0,
      BIAS: bias ? 1 : 0,
    },
    aligned: cols % 4 === 0 ? ["x", "dy", "dw"] : [],
    workgroups: foldWorkgroups(slabs * ceilDiv(cols, 4 * side), device),
    flops: 11 * rows * cols,
  };
}

/** dw from x, dy and the rows' statistics. */
export function normWeightGradientSerial(sizes: NormWeightSizes, device: DeviceProfile): Dispatch {
  const { rows, cols, slabs, bias } = sizes;
  // Few columns make few invocations: small workgroups spread them over all threads of a software adapter.
  const workgroupSize = device.kind === "fallback" ? 4 : 64;
  const slabRows = slabHeight(rows, slabs, 1);
  const block = Math.max(1, Math.ceil(Math.sqrt(slabRows)));
  return {
    kernel: normWeightGradientSerialKernel,
    params: { rows, cols, slabs, slabRows, block },
    constants: { WORKGROUP_SIZE: workgroupSize, BIAS: bias ? 1 : 0 },
    aligned: cols % 4 === 0 ? ["x", "dy", "statistics", "dw"] : ["statistics"],
    workgroups: foldWorkgroups(ceilDiv(slabs * ceilDiv(cols, 4), workgroupSize), device),
    flops: 6 * rows * cols,
  };
}

function quadsSideBySide(cols: number): number {
  return Math.min(SLABS_WORKGROUP, nextPowerOfTwo(ceilDiv(cols, 4)));
}
