// Fused attention: the launches of its forward pass and of its gradients.
//
// Decides: the variant by device, how many rows an invocation holds, and how wide results are cut into slices. Devices
// with cheap barriers share keys and values of 64 rows in workgroup memory; others read them from global memory for each
// 8 (or 4) rows.
// Leaves to others: the layout of what goes in (read by strides), and how results are packed (the op).

import forwardRegistersSource from "../../shaders/attention_forward_registers.wgsl?raw";
import forwardTiledSource from "../../shaders/attention_forward_tiled.wgsl?raw";
import keyValueRegistersSource from "../../shaders/attention_key_value_gradient_registers.wgsl?raw";
import keyValueTiledSource from "../../shaders/attention_key_value_gradient_tiled.wgsl?raw";
import queryRegistersSource from "../../shaders/attention_query_gradient_registers.wgsl?raw";
import queryTiledSource from "../../shaders/attention_query_gradient_tiled.wgsl?raw";
import statsSource from "../../shaders/attention_stats_rows.wgsl?raw";
import { ceilDiv, roundUp } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel, ParamType, WorkgroupCount } from "./kernel.ts";
import { foldWorkgroups } from "./workgroups.ts";

/** Sizes of q [batch, heads, queries, width], k and v [batch, keyHeads, keys, width or valueWidth]; and what is computed. */
export interface AttentionSizes {
  readonly batch: number;
  /** A multiple of keyHeads: as many neighbours share a head of k and v. */
  readonly heads: number;
  readonly keyHeads: number;
  readonly queries: number;
  readonly keys: number;
  readonly width: number;
  readonly valueWidth: number;
  readonly causal: boolean;
  readonly scale: number;
  readonly mask: "none" | "bool" | "additive";
  /** The probability of dropping a weight, below 1. */
  readonly dropout: number;
}

/** `registers`: straight from global memory, four rows each; `registers8`: eight. `tiled`: through workgroup memory. */
export type AttentionVariant = "registers" | "registers8" | "tiled";

/** Elements of a result's width that one invocation holds: as many as registers, or the time to compile, allow. */
const SLICE: Readonly<Record<AttentionVariant, number>> = { registers: 32, registers8: 32, tiled: 64 };
const REGISTERS_WORKGROUP = 16;
const WIDEST_OF_8_ROWS = 16;
const LEAST_OF_8_ROWS = 2 ** 18; // products
const MOST_SCORES = 2 ** 22; // that may be held as a matrix: 16 MiB
const TILED_ROWS = 64; // of a workgroup of the tiled kernels

const scalars: Readonly<Record<string, ParamType>> = {
  batch: "u32",
  heads: "u32",
  keyHeads: "u32",
  queries: "u32",
  keys: "u32",
  width: "u32",
  valueWidth: "u32",
  slices: "u32",
  scale: "f32",
  scaleLog2: "f32",
  dropBelow: "u32",
  keepScale: "f32",
};

/** The fields of a port read by address; without a column stride the last axis steps by 1. */
function strideFields(port: string): string[] {
  const axes = port === "mask" ? ["Batch", "Head", "Row", "Column"] : ["Batch", "Head", "Row"];
  return [...axes.map((axis) => `${port}Stride${axis}`), `${port}Offset`];
}

function stridedPorts(ports: readonly string[]) {
  return {
    strided: Object.fromEntries(ports.map((port) => [port, strideFields(port)])),
    fields: Object.fromEntries(ports.flatMap(strideFields).map((field) => [field, "u32" as const])),
  };
}

const forwardPorts = stridedPorts(["q", "k", "v", "mask"]);
const gradientStrided = ["q", "k", "v", "dy", "mask"];
const gradientPorts = stridedPorts(gradientStrided);
const statsPorts = stridedPorts(["dy"]);

const sliceConstants = ["QUADS", "VALUE_QUADS", "EDGE", "VALUE_EDGE", "CAUSAL", "MASK", "DROPOUT"];
const registerConstants = ["WORKGROUP_SIZE", "ROWS", "WIDE", "VALUE_WIDE"];

const forwardShared = {
  inputs: ["q", "k", "v", "mask", "random"],
  output: "y",
  params: { ...scalars, statsStart: "u32", ...forwardPorts.fields },
  prologue: [],
  strided: forwardPorts.strided,
} as const;

const gradientShared = {
  inputs: ["q", "k", "v", "dy", "stats", "mask", "random"],
  params: { ...scalars, ...gradientPorts.fields },
  prologue: [],
  strided: gradientPorts.strided,
} as const;

const queryGradientShared = {
  ...gradientShared,
  inputs: ["q", "k", "v", "dy", "y", "mask", "random"],
  output: "dq",
  byproduct: "stats",
  params: { ...scalars, statsStart: "u32", ...gradientPorts.fields },
} as const;

export const attentionForwardRegistersKernel: Kernel = {
  ...forwardShared,
  name: "attention_forward_registers",
  source: forwardRegistersSource,
  constants: [...sliceConstants, ...registerConstants],
};

export const attentionForwardTiledKernel: Kernel = {
  ...forwardShared,
  name: "attention_forward_tiled",
  source: forwardTiledSource,
  constants: sliceConstants,
};

export const attentionQueryGradientRegistersKernel: Kernel = {
  ...queryGradientShared,
  name: "attention_query_gradient_registers",
  source: queryRegistersSource,
  constants: [...sliceConstants, ...registerConstants, "STATS"],
};

export const attentionQueryGradientTiledKernel: Kernel = {
  ...queryGradientShared,
  name: "attention_query_gradient_tiled",
  source: queryTiledSource,
  constants: [...sliceConstants, "STATS"],
};

export const attentionKeyValueGradientRegistersKernel: Kernel = {
  ...gradientShared,
  name: "attention_key_value_gradient_registers",
  source: keyValueRegistersSource,
  output: "dkv",
  constants: [...sliceConstants, ...registerConstants],
};

export const attentionKeyValueGradientTiledKernel: Kernel = {
  ...gradientShared,
  name: "attention_key_value_gradient_tiled",
  source: keyValueTiledSource,
  output: "dkv",
  constants: sliceConstants,
};

export const attentionStatsKernel: Kernel = {
  name: "attention_stats_rows",
  source: statsSource,
  inputs: ["dy", "y"],
  output: "stats",
  params: {
    batch: "u32",
    heads: "u32",
    queries: "u32",
    valueWidth: "u32",
    statsStart: "u32",
    ...statsPorts.fields,
  },
  constants: ["WORKGROUP_SIZE"],
  prologue: [],
  strided: statsPorts.strided,
};

/** Where in the packed result the numbers of each row stand: behind y, filled up to whole vec4s. */
export function attentionStatsStart({ batch, heads, queries, valueWidth }: AttentionSizes): number {
  return roundUp(batch * queries * heads * valueWidth, 4);
}

/** y [batch, queries, heads, valueWidth] and two numbers for each row of scores, packed. */
export function attentionForward(
  sizes: AttentionSizes,
  device: DeviceProfile,
  variant = variantFor(sizes, device),
): Dispatch {
  const { batch, heads, queries, width, valueWidth } = sizes;
  const slices = slicesOf(variant, valueWidth);
  const isTiled = variant === "tiled";
  const launch = launchOf(variant, sizes, { rows: queries, items: batch * heads * slices }, device);
  return {
    kernel: isTiled ? attentionForwardTiledKernel : attentionForwardRegistersKernel,
    params: {
      ...scalarParams(sizes, slices),
      statsStart: attentionStatsStart(sizes),
      ...stridesOf(sizes, ["q", "k", "v", "mask"]),
    },
    constants: {
      ...commonConstants(variant, sizes),
      ...launch.constants,
      EDGE: hasEdge(variant, width, isTiled ? slicesOf(variant, width) : 1),
      VALUE_EDGE: hasEdge(variant, valueWidth, slices),
    },
    aligned: alignedOf(sizes, ["q", "k", "v", "y"]),
    workgroups: launch.workgroups,
    flops: pairsOf(sizes) * (2 * (width + valueWidth) + 6),
  };
}

/** For each row of scores the dot of dy and y, and behind these the two numbers of the forward pass. */
export function attentionStats(sizes: AttentionSizes, device: DeviceProfile): Dispatch {
  const { batch, heads, queries, valueWidth } = sizes;
  const rows = batch * heads * queries;
  const workgroupSize = device.kind === "fallback" ? 16 : 64;
  return {
    kernel: attentionStatsKernel,
    params: {
      batch,
      heads,
      queries,
      valueWidth,
      statsStart: attentionStatsStart(sizes),
      ...stridesOf(sizes, ["dy"]),
    },
    constants: { WORKGROUP_SIZE: workgroupSize },
    aligned: alignedOf(sizes, ["dy", "y"]),
    workgroups: foldWorkgroups(ceilDiv(rows, workgroupSize), device),
    flops: 2 * rows * valueWidth,
  };
}

/** dq [batch, queries, heads, width], and as a by-product what `attentionStats` gives if `STATS` is 1. */
export function attentionQueryGradient(
  sizes: AttentionSizes,
  device: DeviceProfile,
  STATS = 0,
  variant = variantFor(sizes, device),
): Dispatch {
  const { batch, heads, queries, width, valueWidth } = sizes;
  const slices = slicesOf(variant, width);
  const isTiled = variant === "tiled";
  const launch = launchOf(variant, sizes, { rows: queries, items: batch * heads * slices }, device);
  return {
    kernel: isTiled ? attentionQueryGradientTiledKernel : attentionQueryGradientRegistersKernel,
    params: {
      ...scalarParams(sizes, slices),
      statsStart: attentionStatsStart(sizes),
      ...stridesOf(sizes, gradientStrided),
    },
    constants: {
      ...commonConstants(variant, sizes),
      ...launch.constants,
      STATS,
      EDGE: hasEdge(variant, width, slices),
      VALUE_EDGE: hasEdge(variant, valueWidth, isTiled ? slicesOf(variant, valueWidth) : 1),
    },
    aligned: alignedOf(sizes, ["q", "k", "v", "dy", "y", "dq"]),
    workgroups: launch.workgroups,
    flops: pairsOf(sizes) * (2 * (2 * width + valueWidth) + 6),
  };
}

/** dk [batch, keys, keyHeads, width], and behind it dv. */
export function attentionKeyValueGradient(
  sizes: AttentionSizes,
  device: DeviceProfile,
  variant = variantFor(sizes, device),
): Dispatch {
  const { batch, keyHeads, keys, width, valueWidth } = sizes;
  const slices = slicesOf(variant, Math.max(width, valueWidth));
  const isTiled = variant === "tiled";
  const items = batch * keyHeads * slices * (isTiled ? 2 : 1);
  const launch = launchOf(variant, sizes, { rows: keys, items }, device);
  const isAligned = width % 4 === 0 && valueWidth % 4 === 0;
  // The slices are the wider side's: the narrower has nothing in some, and still counts in all.
  const isWide = Number(slices > 1);
  return {
    kernel: isTiled ? attentionKeyValueGradientTiledKernel : attentionKeyValueGradientRegistersKernel,
    params: { ...scalarParams(sizes, slices), ...stridesOf(sizes, gradientStrided) },
    constants: {
      ...commonConstants(variant, sizes),
      ...launch.constants,
      ...(isTiled ? {} : { WIDE: isWide, VALUE_WIDE: isWide }),
      EDGE: hasEdge(variant, width, isTiled ? slicesOf(variant, width) : slices),
      VALUE_EDGE: hasEdge(variant, valueWidth, isTiled ? slicesOf(variant, valueWidth) : slices),
    },
    aligned: [...alignedOf(sizes, ["q", "k", "v", "dy"]), ...(isAligned ? ["dkv"] : [])],
    workgroups: launch.workgroups,
    flops: pairsOf(sizes) * (4 * (width + valueWidth) + 6),
  };
}

/**
 * Whether whole matrices of scores are faster than the kernels here. Measured on the software adapter, forward and
 * backward, causal and not, batches of 1 to 16 with 4 or 8 heads: the time of products and softmax (12 to 14 launches) as
 * a multiple of the kernels' (5 launches; of eight rows at width 16, whatever the length):
 *
 *     length    8        16       32       64       128      256
 *     width 16  0.9-1.2  0.9-1.5  1.6-2.0  1.4-2.9  1.6-4.3  1.2-3.7
 *     width 32  0.9-1.0  1.0-1.3  1.2-1.6  1.2-2.0  1.2-2.1  1.2-2.4
 *     width 48           0.6-0.9           0.4-0.6  0.4-0.7
 *     width 64  0.9-1.0  0.7-0.8  0.6-1.1  0.5-1.1  0.5-1.0  0.5-0.9
 *
 * The `registers` kernels hold 32 elements of a width and compute all scores again for each slice: so up to 32 they are
 * taken, and wider where the matrices would be large. Devices with cheap barriers always take the kernels, for the sake
 * of the launches: this is not measured on a GPU.
 */
export function isAttentionComposed(sizes: AttentionSizes, device: DeviceProfile): boolean {
  const { batch, heads, queries, keys, width, valueWidth } = sizes;
  if (device.kind !== "fallback" || Math.max(width, valueWidth) <= SLICE.registers) return false;
  return batch * heads * queries * keys <= MOST_SCORES;
}

/**
 * Eight rows read the other side half as often as four, but hold twice as much, and take twice as long to compile: on the
 * software adapter 0.2 s more for two quads. Of little work that saves them a tenth of a millisecond at most.
 */
function variantFor(sizes: AttentionSizes, device: DeviceProfile): AttentionVariant {
  if (device.kind !== "fallback") return "tiled";
  const width = Math.max(sizes.width, sizes.valueWidth);
  if (width > WIDEST_OF_8_ROWS || pairsOf(sizes) * width < LEAST_OF_8_ROWS) return "registers";
  return "registers8";
}

/** Workgroups and constants for `rows` rows of each of `items` heads and slices. */
function launchOf(
  variant: AttentionVariant,
  { width, valueWidth }: AttentionSizes,
  { rows, items }: { readonly rows: number; readonly items: number },
  device: DeviceProfile,
): { workgroups: WorkgroupCount; constants: Record<string, number> } {
  if (variant === "tiled")
    return { workgroups: foldWorkgroups(items * ceilDiv(rows, TILED_ROWS), device), constants: {} };
  const held = variant === "registers8" ? 8 : 4;
  const workgroups = ceilDiv(items * ceilDiv(rows, held), REGISTERS_WORKGROUP);
  return {
    workgroups: foldWorkgroups(workgroups, device),
    constants: {
      WORKGROUP_SIZE: REGISTERS_WORKGROUP,
      ROWS: held,
      WIDE: Number(width > SLICE[variant]),
      VALUE_WIDE: Number(valueWidth > SLICE[variant]),
    },
  };
}

/** Pairs of a query and a key that are looked at. */
function pairsOf({ batch, heads, queries, keys, causal }: AttentionSizes): number {
  const side = Math.min(queries, keys);
  const seen = causal ? (side * (side + 1)) / 2 + Math.max(0, queries - keys) * keys : queries * keys;
  return batch * heads * seen;
}

function slicesOf(variant: AttentionVariant, width: number): number {
  return ceilDiv(width, SLICE[variant]);
}

/** Whether some quad of the slices reaches over the end of the width. */
function hasEdge(variant: AttentionVariant, width: number, slices: number): number {
  return Number(width % 4 !== 0 || (slices > 1 && width !== slices * SLICE[variant]));
}

function scalarParams(sizes: AttentionSizes, slices: number): Record<string, number> {
  const { batch, heads, keyHeads, queries, keys, width, valueWidth, scale, dropout } = sizes;
  return {
    batch,
    heads,
    keyHeads,
    queries,
    keys,
    width,
    valueWidth,
    slices,
    scale,
    scaleLog2: scale * Math.LOG2E,
    dropBelow: Math.ceil(dropout * 2 ** 24),
    keepScale: 1 / (1 - dropout),
  };
}

function commonConstants(variant: AttentionVariant, sizes: AttentionSizes): Record<string, number> {
  const { causal, mask, dropout, width, valueWidth } = sizes;
  const quadsOf = (size: number) => ceilDiv(Math.min(size, SLICE[variant]), 4);
  return {
    QUADS: quadsOf(width),
    VALUE_QUADS: quadsOf(valueWidth),
    CAUSAL: Number(causal),
    MASK: ["none", "bool", "additive"].indexOf(mask),
    DROPOUT: Number(dropout > 0),
  };
}

/** Shapes of the ports that are read by address. */
function shapesOf(sizes: AttentionSizes): Readonly<Record<string, readonly number[]>> {
  const { batch, heads, keyHeads, queries, keys, width, valueWidth } = sizes;
  return {
    q: [batch, heads, queries, width],
    k: [batch, keyHeads, keys, width],
    v: [batch, keyHeads, keys, valueWidth],
    dy: [batch, heads, queries, valueWidth],
    mask: [batch, heads, queries, keys],
    y: [batch, queries, heads, valueWidth],
    dq: [batch, queries, heads, width],
  };
}

/** The numbers of contiguous tensors. */
function stridesOf(sizes: AttentionSizes, ports: readonly string[]): Record<string, number> {
  const shapes = shapesOf(sizes);
  const entries = ports.flatMap((port): [string, number][] => {
    const [, heads, rows, columns] = shapes[port];
    const numbers = [heads * rows * columns, rows * columns, columns, ...(port === "mask" ? [1] : []), 0];
    return strideFields(port).map((field, index) => [field, numbers[index]]);
  });
  return Object.fromEntries(entries);
}

function alignedOf(sizes: AttentionSizes, ports: readonly string[]): string[] {
  const shapes = shapesOf(sizes);
  return ports.filter((port) => shapes[port][3] % 4 === 0);
}
