// Matrix products: which of the five matmul kernels a product of given sizes gets, and their parameters.
//
// Decides: the variant by shape and device. A product with up to 8 rows or columns is bound by reading the matrix and
// gets a vector kernel; one with few elements and a long inner size is cut along it into parts, summed afterwards; else
// the tile is the largest that still gives every core something to do. Devices without cheap barriers multiply
// register tiles straight from global memory.
// Leaves to others: the sum of the parts, and whatever is fused behind the store.

import registersSource from "../../shaders/matmul_registers.wgsl?raw";
import tiled32Source from "../../shaders/matmul_tiled32.wgsl?raw";
import tiled64Source from "../../shaders/matmul_tiled64.wgsl?raw";
import columnsSource from "../../shaders/matmul_vector_columns.wgsl?raw";
import rowsSource from "../../shaders/matmul_vector_rows.wgsl?raw";
import { ceilDiv, nextPowerOfTwo, roundUp } from "../base/integers.ts";
import type { DeviceProfile, Dispatch, Kernel, ParamType } from "./kernel.ts";
import { foldWorkgroups } from "./workgroups.ts";

/**
 * y[b] = A[b] B[b] with y: [batch, m, n]. A is [m, k], or stored [k, m] when transposed; B is [k, n], or stored [n, k].
 * Batch strides are in elements; 0 repeats one matrix. Rows of what is stored stand side by side unless their strides,
 * which only fallback devices heed, are given.
 */
export interface MatmulSizes {
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly batchStrideA: number;
  readonly batchStrideB: number;
  readonly rowStrideA?: number;
  readonly rowStrideB?: number;
}

/** Sizes, and in how many parts the inner size is summed: y is [splits, batch, m, n]. */
export interface SplitMatmulSizes extends MatmulSizes {
  readonly splits: number;
}

/** What a product may add up on the way, over its inner size: each column of B, or each row of A. */
export type MatmulSums = "columns of b" | "rows of a";

/** The block of y that one invocation of matmul_registers computes: rows, and quads of columns. */
export type RegisterTile = readonly [rows: 1 | 4 | 8, quads: 1 | 2];

const tileParams: Readonly<Record<string, ParamType>> = {
  m: "u32",
  n: "u32",
  k: "u32",
  part: "u32",
  batch: "u32",
  matrices: "u32",
  batchStrideA: "u32",
  batchStrideB: "u32",
};

const vectorParams: Readonly<Record<string, ParamType>> = {
  rows: "u32",
  vectors: "u32",
  k: "u32",
  part: "u32",
  batch: "u32",
  matrices: "u32",
  batchStrideMatrix: "u32",
  batchStrideVectors: "u32",
  vectorStride: "u32",
  elementStride: "u32",
};

const ports = { inputs: ["a", "b"], output: "y", prologue: [] } as const;
const summing = { ...ports, byproduct: "sums" } as const;

export const matmulTiled64Kernel: Kernel = {
  ...summing,
  name: "matmul_tiled64",
  source: tiled64Source,
  params: tileParams,
  constants: ["TRANSPOSE_A", "TRANSPOSE_B", "SUMS"],
};

export const matmulTiled32Kernel: Kernel = {
  ...summing,
  name: "matmul_tiled32",
  source: tiled32Source,
  params: tileParams,
  constants: ["TRANSPOSE_A", "TRANSPOSE_B", "SUMS"],
};

export const matmulRegistersKernel: Kernel = {
  ...summing,
  name: "matmul_registers",
  source: registersSource,
  params: { ...tileParams, rowStrideA: "u32", rowStrideB: "u32" },
  constants: [
    "WORKGROUP_SIZE",
    "ROWS",
    "QUADS",
    "WHOLE_QUADS",
    "WHOLE_STEPS",
    "TRANSPOSE_A",
    "TRANSPOSE_B",
    "SUMS",
  ],
};

export const matmulVectorRowsKernel: Kernel = {
  ...ports,
  name: "matmul_vector_rows",
  source: rowsSource,
  params: vectorParams,
  constants: ["WORKGROUP_SIZE", "VECTORS", "SLOTS", "MATRIX_IS_A", "STRIDED"],
};

export const matmulVectorColumnsKernel: Kernel = {
  ...ports,
  name: "matmul_vector_columns",
  source: columnsSource,
  params: vectorParams,
  constants: ["WORKGROUP_SIZE", "VECTORS", "SLOTS", "MATRIX_IS_A"],
};

/** What a part's length is a multiple of: the tiled kernels' step along k. */
const STEP = 16;
/** Up to so many rows or columns are vectors against a matrix. */
export const MOST_VECTORS = 8;
const MOST_SPLITS = 128;
/** Fewer workgroups than this leave cores of a middling GPU idle. */
const ENOUGH_WORKGROUPS = 64;
/** Fewer invocations than this leave lanes of a software adapter idle. */
const ENOUGH_INVOCATIONS = 64;
const REGISTERS_WORKGROUP = 16;
/** How often each row of an operand must be used, and how much there must be to multiply, for a padded copy to pay. */
const PADDING_READS = 64;
const PADDING_PRODUCTS = 2 ** 23;

/** y [batch, m, n] from the ports a and b, by the kernel that suits the sizes and the device. */
export function matmul(sizes: MatmulSizes, device: DeviceProfile): Dispatch {
  return matmulSplitK({ ...sizes, splits: 1 }, device);
}

/** A launch of `matmul` with sums as its kernel's by-product; undefined where that has none. Needs a batch of 1. */
export function matmulWithSums(
  sizes: MatmulSizes,
  sums: MatmulSums,
  device: DeviceProfile,
  dispatch: Dispatch = matmul(sizes, device),
): Dispatch | undefined {
  if (dispatch.kernel.byproduct === undefined) return undefined;
  return { ...dispatch, constants: { ...dispatch.constants, SUMS: sums === "columns of b" ? 1 : 2 } };
}

/** In how many parts to sum over k; 1 where cutting does not pay. Depends on the sizes and the device's kind alone. */
export function matmulSplits(sizes: MatmulSizes, device: DeviceProfile): number {
  const { count, enough, shortestPart, fewest } = parallelWork(sizes, device);
  const wanted = Math.min(ceilDiv(enough, count), Math.floor(sizes.k / shortestPart), MOST_SPLITS);
  return wanted < fewest ? 1 : ceilDiv(sizes.k, partLength({ ...sizes, splits: wanted }));
}

/** y [splits, batch, m, n]: the product over `splits` parts of k, to be summed afterwards. */
export function matmulSplitK(sizes: SplitMatmulSizes, device: DeviceProfile): Dispatch {
  const { batch, m, n, splits } = sizes;
  if (device.kind === "fallback") return matmulRegisters(sizes, registerTile(sizes), device);
  if (Math.min(m, n) <= MOST_VECTORS) return matmulVectors(sizes, device);
  const largeTiles = ceilDiv(m, 64) * ceilDiv(n, 64) * batch * splits;
  const small = largeTiles < ENOUGH_WORKGROUPS || Math.min(m, n) <= 32;
  return small ? matmulTiled32(sizes, device) : matmulTiled64(sizes, device);
}

/** Tiles of 64 x 64 through workgroup memory: for large products. */
export function matmulTiled64(sizes: SplitMatmulSizes, device: DeviceProfile): Dispatch {
  const tiles = ceilDiv(sizes.m, 64) * ceilDiv(sizes.n, 64);
  return tileDispatch(matmulTiled64Kernel, sizes, tiles, {}, device);
}

/** Tiles of 32 x 32 through workgroup memory: where larger ones are too few. */
export function matmulTiled32(sizes: SplitMatmulSizes, device: DeviceProfile): Dispatch {
  const tiles = ceilDiv(sizes.m, 32) * ceilDiv(sizes.n, 32);
  return tileDispatch(matmulTiled32Kernel, sizes, tiles, {}, device);
}

/** A block of y per invocation, straight from global memory: no barriers, no workgroup memory. */
export function matmulRegisters(
  sizes: SplitMatmulSizes,
  tile: RegisterTile,
  device: DeviceProfile,
): Dispatch {
  const [ROWS, QUADS] = tile;
  const [WHOLE_QUADS, WHOLE_STEPS] = [sizes.n, sizes.k].map((size) => Number(size % 4 === 0));
  const constants = { ROWS, QUADS, WHOLE_QUADS, WHOLE_STEPS, WORKGROUP_SIZE: REGISTERS_WORKGROUP };
  const workgroups = registerBlocks(sizes, tile) / REGISTERS_WORKGROUP;
  const dispatch = tileDispatch(matmulRegistersKernel, sizes, workgroups, constants, device);
  return { ...dispatch, params: { ...dispatch.params, ...rowStrides(normalized(sizes)) } };
}

/** Between the rows of a and of b as they are stored. */
function rowStrides({ m, n, k, transposeA, transposeB, rowStrideA, rowStrideB }: MatmulSizes) {
  return { rowStrideA: rowStrideA ?? (transposeA ? m : k), rowStrideB: rowStrideB ?? (transposeB ? k : n) };
}

/**
 * Which operands a fallback device had better copy, each row padded to whole quads, before it multiplies: reads of four
 * that stand across quads cost it more than the copy, where every row is read often.
 */
export function matmulPadding(sizes: MatmulSizes, device: DeviceProfile): { a: boolean; b: boolean } {
  const { m, n, k, batch } = sizes;
  const { rowStrideA, rowStrideB } = rowStrides(sizes);
  const pays = (stride: number, reads: number) => stride % 4 !== 0 && reads >= PADDING_READS;
  if (device.kind !== "fallback" || batch !== 1 || m * n * k < PADDING_PRODUCTS)
    return { a: false, b: false };
  return { a: pays(rowStrideA, n), b: pays(rowStrideB, m) };
}

/** Up to 8 rows or columns against a matrix, which is read once. Needs min(m, n) <= 8. */
export function matmulVectors(sizes: SplitMatmulSizes, device: DeviceProfile): Dispatch {
  const shape = vectorShape(sizes);
  const { rows, vectors, vectorStride, elementStride, matrixIsA } = shape;
  const { k, batch, splits, batchStrideA, batchStrideB } = sizes;
  const kernel = shape.rowsAlongK ? matmulVectorRowsKernel : matmulVectorColumnsKernel;
  const workgroupSize = shape.rowsAlongK ? 64 : 128;
  const accumulators = nextPowerOfTwo(vectors);
  const strided = elementStride === 1 ? 0 : 1;
  const matrices = splits * batch;
  return {
    kernel,
    params: {
      rows,
      vectors,
      k,
      part: partLength(sizes),
      batch,
      matrices,
      batchStrideMatrix: matrixIsA ? batchStrideA : batchStrideB,
      batchStrideVectors: matrixIsA ? batchStrideB : batchStrideA,
      vectorStride,
      elementStride,
    },
    constants: {
      WORKGROUP_SIZE: workgroupSize,
      VECTORS: accumulators,
      SLOTS: accumulators * workgroupSize,
      MATRIX_IS_A: matrixIsA ? 1 : 0,
      ...(shape.rowsAlongK ? { STRIDED: strided } : {}),
    },
    aligned: alignedVectorPorts(sizes, shape),
    workgroups: foldWorkgroups(vectorWorkgroups(shape) * matrices, device),
    flops: flopsOf(sizes),
  };
}

/** The product as rows of a matrix against at most 8 vectors. */
interface VectorShape {
  readonly rows: number;
  readonly vectors: number;
  readonly matrixIsA: boolean;
  /** Whether neighbours in the matrix's memory are neighbours along k. */
  readonly rowsAlongK: boolean;
  readonly vectorStride: number;
  readonly elementStride: number;
}

function vectorShape(sizes: MatmulSizes): VectorShape {
  const { m, n, k, transposeA, transposeB } = normalized(sizes);
  if (n <= m) {
    const strides = transposeB
      ? { vectorStride: k, elementStride: 1 }
      : { vectorStride: 1, elementStride: n };
    return { rows: m, vectors: n, matrixIsA: true, rowsAlongK: !transposeA, ...strides };
  }
  const strides = transposeA ? { vectorStride: 1, elementStride: m } : { vectorStride: k, elementStride: 1 };
  return { rows: n, vectors: m, matrixIsA: false, rowsAlongK: transposeB, ...strides };
}

/** 4 rows to a workgroup of matmul_vector_rows, 32 to one of matmul_vector_columns. */
function vectorWorkgroups({ rows, rowsAlongK }: VectorShape): number {
  return ceilDiv(rows, rowsAlongK ? 4 : 32);
}

function alignedVectorPorts(sizes: MatmulSizes, shape: VectorShape): string[] {
  const { rows, vectors, matrixIsA, rowsAlongK, elementStride } = shape;
  const { batch, k, batchStrideA, batchStrideB } = sizes;
  const startsAligned = (stride: number) => batch === 1 || stride % 4 === 0;
  const ofMatrix = (rowsAlongK ? k : rows) % 4 === 0;
  const ofVectors = rowsAlongK && elementStride === 1 && (vectors === 1 || k % 4 === 0);
  const aligned: string[] = [];
  if ((matrixIsA ? ofMatrix : ofVectors) && startsAligned(batchStrideA)) aligned.push("a");
  if ((matrixIsA ? ofVectors : ofMatrix) && startsAligned(batchStrideB)) aligned.push("b");
  if (!matrixIsA && rows % 4 === 0) aligned.push("y");
  return aligned;
}

function tileDispatch(
  kernel: Kernel,
  sizes: SplitMatmulSizes,
  workgroupsPerMatrix: number,
  constants: Readonly<Record<string, number>>,
  device: DeviceProfile,
): Dispatch {
  const { batch, m, n, k, splits, batchStrideA, batchStrideB } = sizes;
  const { transposeA, transposeB } = normalized(sizes);
  const startsAligned = (stride: number) => batch === 1 || stride % 4 === 0;
  // A block of a single row reads a transposed a one by one.
  const rowByRow = constants.ROWS === 1 && transposeA;
  const aligned: string[] = [];
  const { rowStrideA, rowStrideB } = rowStrides(normalized(sizes));
  if (rowStrideA % 4 === 0 && startsAligned(batchStrideA) && !rowByRow) aligned.push("a");
  if (rowStrideB % 4 === 0 && startsAligned(batchStrideB)) aligned.push("b");
  if (n % 4 === 0) aligned.push("y");
  const matrices = splits * batch;
  return {
    kernel,
    params: { m, n, k, part: partLength(sizes), batch, matrices, batchStrideA, batchStrideB },
    constants: { ...constants, TRANSPOSE_A: transposeA ? 1 : 0, TRANSPOSE_B: transposeB ? 1 : 0 },
    aligned,
    workgroups: foldWorkgroups(Math.ceil(workgroupsPerMatrix * matrices), device),
    flops: flopsOf(sizes),
  };
}

/** The same product with a single row or column called stored along k, as it then is both ways. */
function normalized<T extends MatmulSizes>(sizes: T): T {
  const { m, n, transposeA, transposeB } = sizes;
  return { ...sizes, transposeA: transposeA && m > 1, transposeB: transposeB || n === 1 };
}

function partLength({ k, splits }: SplitMatmulSizes): number {
  return Math.max(STEP, roundUp(ceilDiv(k, splits), STEP));
}

function flopsOf({ batch, m, n, k }: MatmulSizes): number {
  return 2 * batch * m * n * k;
}

function registerBlocks({ m, n }: MatmulSizes, [rows, quads]: RegisterTile): number {
  return ceilDiv(m, rows) * ceilDiv(n, 4 * quads);
}

/** The tile that wastes least of what it computes, however few of them there are. */
function widestTile({ m, n }: MatmulSizes): RegisterTile {
  if (m === 1) return [1, 1];
  return Math.min(m, n) <= 4 ? [4, 1] : [8, 2];
}

/** The widest tile of which there are enough. Twice as wide a row of b is read in half the time. */
function registerTile(sizes: SplitMatmulSizes): RegisterTile {
  const [rows, quads] = widestTile(sizes);
  const twice: RegisterTile[] = rows < 8 && sizes.n > 4 ? [[rows, 2]] : [];
  const narrower: RegisterTile[] = rows > 4 ? [[4, 1]] : [];
  const spreads = (tile: RegisterTile) =>
    registerBlocks(sizes, tile) * sizes.batch * sizes.splits >= ENOUGH_INVOCATIONS;
  return [...twice, [rows, quads] as const, ...narrower].find(spreads) ?? [1, 1];
}

interface ParallelWork {
  /** What runs at once without a cut along k, and what should. */
  readonly count: number;
  readonly enough: number;
  /** The shortest part worth its own sum, and the fewest parts worth a launch more. */
  readonly shortestPart: number;
  readonly fewest: number;
}

function parallelWork(sizes: MatmulSizes, device: DeviceProfile): ParallelWork {
  const { batch, m, n } = sizes;
  if (device.kind === "fallback") {
    const count = registerBlocks(sizes, widestTile(sizes)) * batch;
    return { count, enough: ENOUGH_INVOCATIONS, shortestPart: 256, fewest: 2 };
  }
  if (Math.min(m, n) <= MOST_VECTORS) {
    const count = vectorWorkgroups(vectorShape(sizes)) * batch;
    return { count, enough: ENOUGH_WORKGROUPS, shortestPart: 4096, fewest: 2 };
  }
  const count = ceilDiv(m, 32) * ceilDiv(n, 32) * batch;
  return { count, enough: ENOUGH_WORKGROUPS, shortestPart: 512, fewest: 4 };
}
