// Every kernel with a barrier, run by wgsl_reflect's race detector; and again without each barrier, which must be found.
//
// The detector interprets every invocation of a workgroup in lockstep. It knows no override-sized arrays, so overrides
// become constants, and its loads fault past the end, so the seam is replaced: loads give a number, stores go nowhere.
// Loops that some invocations leave earlier than others do not end in it, so rows are whole steps of the workgroup.
// What remains, and what is watched, is workgroup memory.

import { expect, test } from "vitest";
import { detectRaces } from "wgsl_reflect";
import { assertPresent } from "../../src/base/assert.ts";
import { replaceSeam, seamFunctions } from "../../src/compile/seam.ts";
import {
  attentionForward,
  attentionKeyValueGradient,
  attentionQueryGradient,
} from "../../src/kernels/attention.ts";
import { batchNormStatistics, batchNormSums } from "../../src/kernels/batchNorm.ts";
import { cholesky } from "../../src/kernels/cholesky.ts";
import { conv2dInputGradientTiled, conv2dTiled } from "../../src/kernels/conv2d.ts";
import { conv2dWeightGradientTiled } from "../../src/kernels/conv2dWeightGradient.ts";
import { crossEntropyGradient, crossEntropyRows } from "../../src/kernels/crossEntropy.ts";
import { crossEntropyState } from "../../src/kernels/crossEntropyState.ts";
import { ctcForward, ctcGradient } from "../../src/kernels/ctc.ts";
import { decodeAttentionRows } from "../../src/kernels/decodeAttention.ts";
import { gatherGradientSplit } from "../../src/kernels/gather.ts";
import type { Dispatch, Kernel } from "../../src/kernels/kernel.ts";
import { matmulTiled32, matmulTiled64, matmulVectors } from "../../src/kernels/matmul.ts";
import {
  norm,
  normInputGradient,
  normInputGradientWithWeights,
  normWeightGradient,
} from "../../src/kernels/norm.ts";
import { reduce } from "../../src/kernels/reduce.ts";
import { sampleCategorical, sampleFilter } from "../../src/kernels/sampling.ts";
import { scan, scanLargest, scanLinear } from "../../src/kernels/scan.ts";
import { softmax } from "../../src/kernels/softmax.ts";
import { solveTriangular } from "../../src/kernels/solveTriangular.ts";
import { sortBlocks } from "../../src/kernels/sort.ts";
import { gpuProfile as device } from "../setup/deviceProfile.ts";

const square = {
  batch: 1,
  m: 40,
  n: 40,
  k: 32,
  transposeA: false,
  transposeB: false,
  batchStrideA: 0,
  batchStrideB: 0,
  splits: 1,
};

const convolution = {
  batch: 1,
  channelsIn: 17,
  channelsOut: 18,
  heightIn: 3,
  widthIn: 4,
  heightOut: 3,
  widthOut: 2,
  kernelHeight: 1,
  kernelWidth: 1,
  strideY: 1,
  strideX: 2,
  paddingY: 0,
  paddingX: 0,
  dilationY: 1,
  dilationX: 1,
  groups: 1,
};

/** Two tiles of 16 rows of one quad; the second may not overwrite the first while it is read. */
const attention = {
  batch: 1,
  heads: 1,
  keyHeads: 1,
  queries: 17,
  keys: 17,
  width: 4,
  valueWidth: 4,
  causal: false,
  scale: 1,
  mask: "none",
  dropout: 0,
} as const;

const norms = { rows: 4, cols: 32, eps: 1e-5, centered: true, bias: true, slabs: 1 };

const decoding = {
  batch: 1,
  heads: 4,
  kvHeads: 1,
  queries: 1,
  capacity: 32,
  depth: 8,
  width: 16,
  scale: 1,
  splits: 1,
};

/** One launch for each kernel that has a barrier, small enough to interpret. */
const launches: readonly Dispatch[] = [
  matmulTiled32(square, device),
  matmulTiled64(square, device),
  matmulVectors({ ...square, m: 2, n: 64, transposeB: true }, device),
  matmulVectors({ ...square, m: 2, n: 64 }, device),
  conv2dTiled(convolution, device),
  conv2dInputGradientTiled(convolution, device),
  conv2dWeightGradientTiled({ ...convolution, splits: 1, sums: true }, device),
  reduce("sum", { outer: 2, length: 128, inner: 1 }, device),
  reduce("sum", { outer: 2, length: 200, inner: 8 }, device),
  reduce("argmax", { outer: 2, length: 128, inner: 1 }, device),
  softmax({ rows: 2, cols: 128 }, false, device),
  crossEntropyRows({ rows: 2, classes: 128, labelSmoothing: 0.1 }, device),
  crossEntropyGradient({ rows: 2, classes: 128 }, device),
  crossEntropyState({ rows: 2, classes: 128, start: 0, allClasses: 128, ignoreIndex: -100 }, device),
  gatherGradientSplit({ outer: 1, size: 4, count: 300, inner: 3 }, device),
  norm({ rows: 2, cols: 128, eps: 1e-5, centered: true }, device),
  normInputGradient({ rows: 2, cols: 128, eps: 1e-5, centered: true }, device),
  assertPresent(normInputGradientWithWeights(norms, device), "a launch of both gradients"),
  normWeightGradient(norms, device),
  batchNormStatistics({ batch: 2, channels: 1, length: 128, slabs: 1, eps: 1e-5 }, device),
  batchNormSums({ batch: 2, channels: 1, length: 128, slabs: 1 }, device),
  attentionForward({ ...attention, keys: 33 }, device, "tiled"),
  attentionQueryGradient(attention, device, 0, "tiled"),
  attentionKeyValueGradient(attention, device, "tiled"),
  decodeAttentionRows(decoding, device),
  sampleFilter({ rows: 1, cols: 64 }, device),
  sampleCategorical({ rows: 1, cols: 64 }, device),
  scan("sum", { outer: 1, length: 128, inner: 1, block: 128 }, false, device),
  scanLinear("rows", { outer: 1, length: 128, inner: 1, block: 128 }, device),
  scanLargest("rows", { outer: 1, length: 64, inner: 1, block: 64 }, device),
  sortBlocks({ rows: 1, length: 100 }, 128, device),
  cholesky({ batch: 1, n: 5 }, device),
  solveTriangular({ batch: 1, n: 5, columns: 16, upper: false, unit: false }, device),
  ctcForward({ time: 9, batch: 1, states: 19 }, device),
  ctcGradient({ time: 9, batch: 1, states: 19 }, device),
];

/** Reductions over workgroups of any power of two work alike; the interpreter is slow. */
const SMALL_WORKGROUP = 16;

/** What ports give on which the length of a loop depends; others give a number below 7. */
const LENGTHS: Readonly<Record<string, number>> = { lengths: 32, steps: 9, counts: 9 };

const BARRIER = "workgroupBarrier();";

function barriersOf({ source }: Kernel): number {
  return source.replace(/\/\/.*$/gm, "").split(BARRIER).length - 1;
}

/** The shader with constants for overrides and a seam that touches no storage. */
function interpretable({ kernel, constants }: Dispatch): string {
  const seam = seamFunctions(kernel).map(({ access, port, width, scalar }) => {
    const type = width === 4 ? `vec4<${scalar}>` : scalar;
    const name = `${access}_${port}${width === 4 ? "4" : ""}`;
    return access === "load"
      ? `fn ${name}(i: u32) -> ${type} { return ${type}(${scalar}(${LENGTHS[port] ?? "i % 7u"})); }\n`
      : `fn ${name}(i: u32, v: ${type}) { }\n`;
  });
  return replaceSeam(kernel, seam.join(""))
    .replace(/\/\/.*$/gm, "")
    .replace(/override (\w+): (\w+) = ([^;]+);/g, (_text, name: string, type: string, value: string) => {
      const chosen = name === "WORKGROUP_SIZE" ? SMALL_WORKGROUP : (constants[name] ?? value);
      return `const ${name}: ${type} = ${type === "bool" ? Boolean(JSON.parse(String(chosen))) : chosen};`;
    });
}

function raceCount(code: string, { kernel, params }: Dispatch): number {
  const words = new DataView(new ArrayBuffer(Math.ceil(Object.keys(kernel.params).length / 4) * 16));
  Object.entries(kernel.params).forEach(([name, type], index) => {
    if (type === "f32") words.setFloat32(index * 4, params[name], true);
    else words.setUint32(index * 4, params[name], true);
  });
  const { races, errors } = detectRaces(code, "main", [1, 1, 1], {
    0: { 0: { uniform: new Uint32Array(words.buffer) } },
  });
  expect(errors).toEqual([]);
  return races.length;
}

const modules: Record<string, Record<string, unknown>> = import.meta.glob("../../src/kernels/*.ts", {
  eager: true,
});

test("every kernel with a barrier is checked", () => {
  const isKernel = (value: unknown): value is Kernel =>
    typeof value === "object" && value !== null && "prologue" in value;
  const kernels = Object.values(modules).flatMap((module) => Object.values(module).filter(isKernel));
  const withBarrier = kernels.filter((kernel) => barriersOf(kernel) > 0).map(({ name }) => name);
  expect(launches.map(({ kernel }) => kernel.name).sort()).toEqual(withBarrier.sort());
});

test.each(launches.map((launch) => [launch.kernel.name, launch] as const))(
  "%s",
  { timeout: 60_000 },
  (_name, launch) => {
    const code = interpretable(launch);
    expect(raceCount(code, launch)).toBe(0);
    expect(raceCount(code.replaceAll(BARRIER, ""), launch)).toBeGreaterThan(0);
  },
);
