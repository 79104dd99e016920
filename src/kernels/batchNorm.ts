// Batch norm: the moments of each channel, the two sums of its backward pass, and what is computed from them for every
// element, forward and backward. Group norm is the same with batches of one item, whose channels are those of all items,
// and moments that channels in a row share.
//
// Decides: one workgroup per channel, or one invocation where barriers are dear or channels short; quads or elements;
// and into how many slabs the values of a channel are cut, so that few channels still fill the device and no invocation
// adds up a long row of numbers; how many elements one invocation normalises.
// Leaves to others: the sum over the slabs of the backward pass.

import applySource from "../../shaders/batch_norm_apply_rows.wgsl?raw";
import inputGradientSource from "../../shaders/batch_norm_input_gradient_rows.wgsl?raw";
import mergeSource from "../../shaders/batch_norm_statistics_merge.wgsl?raw";
import statisticsPlanesSource from "../../shaders/batch_norm_statistics_planes.wgsl?raw";
import statisticsSerialSource from "../../shaders/batch_norm_statistics_serial.wgsl?raw";
import sumsPlanesSource from "../../shaders/batch_norm_sums_planes.wgsl?raw";
import sumsSerialSource from "../../shaders/batch_norm_sums_serial.wgsl?raw";
import { ceilDiv } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel, ParamType } from "./kernel.ts";
import { foldWorkgroups } from "./workgroups.ts";

/** x, dy: [batch, channels, length], with at least one value per channel. */
export interface BatchNormSizes {
  readonly batch: number;
  readonly channels: number;
  readonly length: number;
  /** Into how many parts the batch * length values of a channel are cut; none may be empty. */
  readonly slabs: number;
}

/** The same, with what is added to the variance. */
export interface BatchStatisticsSizes extends BatchNormSizes {
  readonly eps: number;
}

/** Which channels share what; by default each has its own. */
export interface ChannelGroups {
  /** How many channels in a row were measured together. */
  readonly groupSize?: number | undefined;
  /** After how many channels weights begin anew. */
  readonly weights?: number | undefined;
}

/** One workgroup per slab and channel, or one invocation. */
export type ChannelVariant = "planes" | "serial";

const sizeParams: Readonly<Record<string, ParamType>> = {
  batch: "u32",
  channels: "u32",
  length: "u32",
  slabs: "u32",
  slabUnits: "u32",
};

const statistics = {
  inputs: ["x"],
  output: "statistics",
  constants: ["WORKGROUP_SIZE", "WIDE"],
  prologue: ["x"],
} as const;

const sums = {
  inputs: ["x", "dy", "statistics"],
  output: "dw",
  constants: ["WORKGROUP_SIZE", "WIDE"],
  prologue: ["x", "dy"],
} as const;

export const batchNormStatisticsPlanesKernel: Kernel = {
  ...statistics,
  name: "batch_norm_statistics_planes",
  source: statisticsPlanesSource,
  params: { ...sizeParams, eps: "f32" },
};

export const batchNormStatisticsSerialKernel: Kernel = {
  ...statistics,
  name: "batch_norm_statistics_serial",
  source: statisticsSerialSource,
  params: { ...sizeParams, block: "u32", eps: "f32" },
};

export const batchNormStatisticsMergeKernel: Kernel = {
  name: "batch_norm_statistics_merge",
  source: mergeSource,
  inputs: ["parts"],
  output: "statistics",
  params: { channels: "u32", slabs: "u32", slabCount: "u32", lastCount: "u32", eps: "f32" },
  constants: ["WORKGROUP_SIZE"],
  prologue: [],
};

export const batchNormSumsPlanesKernel: Kernel = {
  ...sums,
  name: "batch_norm_sums_planes",
  source: sumsPlanesSource,
  params: { ...sizeParams, groupSize: "u32" },
};

export const batchNormSumsSerialKernel: Kernel = {
  ...sums,
  name: "batch_norm_sums_serial",
  source: sumsSerialSource,
  params: { ...sizeParams, groupSize: "u32", block: "u32" },
};

const rowParams: Readonly<Record<string, ParamType>> = {
  rows: "u32",
  channels: "u32",
  length: "u32",
  chunk: "u32",
  groupSize: "u32",
  weights: "u32",
};

const rowConstants = ["WORKGROUP_SIZE", "WIDE", "GROUPED"];

export const batchNormApplyKernel: Kernel = {
  name: "batch_norm_apply_rows",
  source: applySource,
  inputs: ["x", "w", "b", "statistics"],
  output: "y",
  params: rowParams,
  constants: rowConstants,
  prologue: ["x"],
};

export const batchNormInputGradientKernel: Kernel = {
  name: "batch_norm_input_gradient_rows",
  source: inputGradientSource,
  inputs: ["x", "w", "dy", "statistics", "sums"],
  output: "dx",
  params: { ...rowParams, share: "f32" },
  constants: rowConstants,
  prologue: ["x", "dy"],
};

/** Up to here one invocation reads a channel as fast as a workgroup does. */
const SHORT_CHANNEL = 16;
const WORKGROUP = 256;
/** Workgroups that fill a GPU. An estimate. */
const ENOUGH_WORKGROUPS = 128;
/** Units that an invocation of a workgroup adds up: fewer do not pay for the second stage, more would add error. */
const [FEWEST_UNITS, MOST_UNITS] = [16, 64];
/** On the fallback: as for the columns of norms. */
const ENOUGH_INVOCATIONS = 16;
const SHORTEST_SLAB = 1024;

/** Units that one invocation of the fallback normalises: what belongs to a channel is then read once for many. */
const CHUNK = 64;

type Extent = Omit<BatchNormSizes, "slabs">;
type GroupedExtent = Extent & ChannelGroups;

/** Quads where none of them reaches into another channel. */
function unitWidth({ length }: Extent): 1 | 4 {
  return length % 4 === 0 ? 4 : 1;
}

function unitsOf(sizes: Extent): number {
  return (sizes.batch * sizes.length) / unitWidth(sizes);
}

function variantOf(sizes: Extent, device: DeviceProfile): ChannelVariant {
  return device.kind === "fallback" || unitsOf(sizes) <= SHORT_CHANNEL ? "serial" : "planes";
}

/** Into how many slabs channels are cut, to be put together in a second stage; 1 where that does not pay. */
export function batchNormSlabs(sizes: Extent, device: DeviceProfile): number {
  const units = unitsOf(sizes);
  const { channels } = sizes;
  if (channels === 0) return 1;
  if (device.kind === "fallback") {
    return evenSlabs(units, Math.min(ENOUGH_INVOCATIONS / channels, units / SHORTEST_SLAB));
  }
  const wanted = Math.min(ENOUGH_WORKGROUPS / channels, units / (FEWEST_UNITS * WORKGROUP));
  return evenSlabs(units, Math.max(wanted, ceilDiv(units, MOST_UNITS * WORKGROUP)));
}

/** About `wanted` slabs of `units`, none of them empty. */
function evenSlabs(units: number, wanted: number): number {
  const slabs = Math.max(1, Math.floor(wanted));
  return ceilDiv(units, ceilDiv(units, slabs));
}

/** statistics [slabs, 5, channels] from x. */
export function batchNormStatistics(sizes: BatchStatisticsSizes, device: DeviceProfile): Dispatch {
  return batchNormStatisticsVariant(variantOf(sizes, device), sizes, device);
}

/** `batchNormStatistics` by the given variant. */
export function batchNormStatisticsVariant(
  variant: ChannelVariant,
  sizes: BatchStatisticsSizes,
  device: DeviceProfile,
): Dispatch {
  const isSerial = variant === "serial";
  const launch = channelLaunch(variant, sizes, ["x"], device);
  return {
    ...launch,
    kernel: isSerial ? batchNormStatisticsSerialKernel : batchNormStatisticsPlanesKernel,
    params: { ...launch.params, eps: sizes.eps },
    flops: 4 * sizes.batch * sizes.channels * sizes.length,
  };
}

/** statistics [5, channels] from those of slabs. */
export function batchNormStatisticsMerge(sizes: BatchStatisticsSizes, device: DeviceProfile): Dispatch {
  const { channels, slabs, eps } = sizes;
  const slabUnits = ceilDiv(unitsOf(sizes), slabs);
  const lastUnits = unitsOf(sizes) - (slabs - 1) * slabUnits;
  const workgroupSize = serialWorkgroup(device);
  return {
    kernel: batchNormStatisticsMergeKernel,
    params: {
      channels,
      slabs,
      slabCount: slabUnits * unitWidth(sizes),
      lastCount: lastUnits * unitWidth(sizes),
      eps,
    },
    constants: { WORKGROUP_SIZE: workgroupSize },
    aligned: [],
    workgroups: foldWorkgroups(ceilDiv(channels, workgroupSize), device),
    flops: 12 * slabs * channels,
  };
}

/** dw [slabs, 2, channels] from x, dy and statistics [5, channels / groupSize]. */
export function batchNormSums(sizes: BatchNormSizes & ChannelGroups, device: DeviceProfile): Dispatch {
  return batchNormSumsVariant(variantOf(sizes, device), sizes, device);
}

/** `batchNormSums` by the given variant. */
export function batchNormSumsVariant(
  variant: ChannelVariant,
  sizes: BatchNormSizes & ChannelGroups,
  device: DeviceProfile,
): Dispatch {
  const isSerial = variant === "serial";
  const launch = channelLaunch(variant, sizes, ["x", "dy"], device);
  return {
    ...launch,
    params: { ...launch.params, groupSize: sizes.groupSize ?? 1 },
    kernel: isSerial ? batchNormSumsSerialKernel : batchNormSumsPlanesKernel,
    flops: 5 * sizes.batch * sizes.channels * sizes.length,
  };
}

/** y from x, w, b and statistics. */
export function batchNormApply(sizes: GroupedExtent, device: DeviceProfile): Dispatch {
  const { batch, channels, length } = sizes;
  return {
    ...rowLaunch(sizes, ["x", "y"], device),
    kernel: batchNormApplyKernel,
    flops: 4 * batch * channels * length,
  };
}

/** dx from x, w, dy, statistics and the sums of all slabs; those of groups are weighted. */
export function batchNormInputGradient(sizes: GroupedExtent, device: DeviceProfile): Dispatch {
  const { batch, channels, length, groupSize = 1 } = sizes;
  const launch = rowLaunch(sizes, ["x", "dy", "dx"], device);
  return {
    ...launch,
    kernel: batchNormInputGradientKernel,
    params: { ...launch.params, share: 1 / (batch * length * groupSize) },
    flops: 6 * batch * channels * length,
  };
}

function rowLaunch(
  sizes: GroupedExtent,
  ports: readonly string[],
  device: DeviceProfile,
): Omit<Dispatch, "kernel" | "flops"> {
  const { batch, channels, length, groupSize, weights = channels } = sizes;
  const isFallback = device.kind === "fallback";
  // On a GPU neighbours read neighbours.
  const chunk = isFallback ? CHUNK : 1;
  const workgroupSize = isFallback ? 16 : 256;
  const isWide = unitWidth(sizes) === 4;
  return {
    params: { rows: batch * channels, channels, length, chunk, groupSize: groupSize ?? 1, weights },
    constants: {
      WORKGROUP_SIZE: workgroupSize,
      WIDE: isWide ? 1 : 0,
      ...(groupSize === undefined ? {} : { GROUPED: 1 }),
    },
    aligned: isWide ? ports : [],
    workgroups: foldWorkgroups(ceilDiv(channels * unitsOf(sizes), chunk * workgroupSize), device),
  };
}

function channelLaunch(
  variant: ChannelVariant,
  sizes: BatchNormSizes,
  ports: readonly string[],
  device: DeviceProfile,
): Omit<Dispatch, "kernel" | "flops"> {
  const { batch, channels, length, slabs } = sizes;
  const width = unitWidth(sizes);
  const slabUnits = ceilDiv(unitsOf(sizes), slabs);
  const isSerial = variant === "serial";
  const workgroupSize = isSerial ? serialWorkgroup(device) : slabUnits <= WORKGROUP ? 64 : WORKGROUP;
  const params = { batch, channels, length, slabs, slabUnits };
  const block = Math.max(1, Math.ceil(Math.sqrt(slabUnits)));
  return {
    params: isSerial ? { ...params, block } : params,
    constants: { WORKGROUP_SIZE: workgroupSize, WIDE: width === 4 ? 1 : 0 },
    aligned: width === 4 ? ports : [],
    workgroups: foldWorkgroups(ceilDiv(slabs * channels, isSerial ? workgroupSize : 1), device),
  };
}

/** Few channels make few invocations: small workgroups spread them over all threads of a software adapter. */
function serialWorkgroup(device: DeviceProfile): number {
  return device.kind === "fallback" ? 4 : 64;
}
