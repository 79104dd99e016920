// Convolutions and their transpose: forward, and the gradients for input and weight.

import type { ExactResult } from "../expectation.ts";
import { noise } from "../noise.ts";
import { sumTolerance } from "../sumTolerance.ts";
import {
  bytesOf,
  type ConvolutionWork,
  type Direction,
  elements,
  type OpCase,
  type Scale,
} from "./opCase.ts";

type Sizes = Omit<ConvolutionWork, "direction" | "batch">;

const plain = { isTransposed: false, stride: 1, groups: 1 };

/** Of a software adapter; a GPU gets eight times the batch. */
const softwareBatch = 8;
const records: Readonly<Record<string, Sizes>> = {
  "conv-3x3": { ...plain, channelsIn: 32, channelsOut: 32, size: 32, kernel: 3, padding: 1 },
  "conv-5x5": { ...plain, channelsIn: 32, channelsOut: 32, size: 16, kernel: 5, padding: 2 },
  "conv-1x1": { ...plain, channelsIn: 64, channelsOut: 64, size: 32, kernel: 1, padding: 0 },
  "conv-stride2": { ...plain, channelsIn: 32, channelsOut: 64, size: 32, kernel: 3, padding: 1, stride: 2 },
  "conv-depthwise": {
    ...plain,
    ...{ channelsIn: 128, channelsOut: 128, size: 32, kernel: 3, padding: 1, groups: 128 },
  },
  "conv-grouped": {
    ...plain,
    ...{ channelsIn: 64, channelsOut: 64, size: 32, kernel: 3, padding: 1, groups: 4 },
  },
  "conv-transposed": {
    ...plain,
    ...{ isTransposed: true, channelsIn: 64, channelsOut: 32, size: 16, kernel: 4, padding: 1, stride: 2 },
  },
};

const directions: readonly (readonly [Direction, string])[] = [
  ["forward", "forward"],
  ["inputGradient", "input-gradient"],
  ["weightGradient", "weight-gradient"],
];

export const convolutionCases: readonly OpCase[] = Object.entries(records).flatMap(([kind, sizes]) =>
  directions.map(([direction, words]) => ({
    name: `${kind}-${words}`,
    group: "conv",
    fitsSoftware: true,
    problem: (scale) => convolutionProblem({ ...atScale(sizes, scale), direction }),
  })),
);

function atScale(sizes: Sizes, scale: Scale): Omit<ConvolutionWork, "direction"> {
  if (scale === "hardware") return { ...sizes, batch: 8 * softwareBatch };
  if (scale === "software") return { ...sizes, batch: softwareBatch };
  const { channelsIn, groups } = sizes;
  if (groups === channelsIn) return { ...sizes, batch: 2, size: 9, channelsIn: 5, channelsOut: 5, groups: 5 };
  return { ...sizes, batch: 2, size: 9, channelsIn: 2 * groups, channelsOut: 3 * groups };
}

/** Height and width of the result of `work` forward. */
export function outputSize({ isTransposed, size, kernel, stride, padding }: ConvolutionWork): number {
  return isTransposed
    ? (size - 1) * stride - 2 * padding + kernel
    : Math.floor((size + 2 * padding - kernel) / stride) + 1;
}

export interface ConvolutionShapes {
  readonly x: readonly number[];
  /** As PyTorch has it: [out, in / groups, kernel, kernel], or of a transpose [in, out / groups, kernel, kernel]. */
  readonly w: readonly number[];
  readonly y: readonly number[];
}

export function convolutionShapes(work: ConvolutionWork): ConvolutionShapes {
  const { isTransposed, batch, channelsIn, channelsOut, size, kernel, groups } = work;
  const out = outputSize(work);
  const channels = isTransposed ? [channelsIn, channelsOut / groups] : [channelsOut, channelsIn / groups];
  return {
    x: [batch, channelsIn, size, size],
    w: [...channels, kernel, kernel],
    y: [batch, channelsOut, out, out],
  };
}

function convolutionProblem(work: ConvolutionWork) {
  const { direction } = work;
  const shapes = convolutionShapes(work);
  const roles = {
    forward: { inputs: ["x", "w"], result: "y" },
    inputGradient: { inputs: ["y", "w"], result: "x" },
    weightGradient: { inputs: ["y", "x"], result: "w" },
  } as const;
  const { inputs, result } = roles[direction];
  const [first, second] = inputs.map((role, index) => ({
    shape: shapes[role],
    values: noise(elements(shapes[role]), -1, 1, 11 + index),
  }));
  const { channelsOut, groups, kernel } = work;
  // Each element of the narrower of x and y meets every tap of every channel of its group on the other side.
  const products = work.isTransposed
    ? elements(shapes.x) * (channelsOut / groups) * kernel ** 2
    : elements(shapes.y) * (work.channelsIn / groups) * kernel ** 2;
  return {
    work: { op: "convolution", ...work } as const,
    inputs: [first, second],
    flops: 2 * products,
    bytes: bytesOf(shapes.x, shapes.w, shapes.y),
    exact: () => [exactConvolution(work, [first.values, second.values], result)],
  };
}

/** A convolution as loops have it: `wide` is what it reads, `narrow` what it makes; of a transpose the other way round. */
interface Loops {
  readonly batch: number;
  readonly groups: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  /** Channels of a group, height and width. */
  readonly wide: { readonly channels: number; readonly size: number };
  readonly narrow: { readonly channels: number; readonly size: number };
}

function loopsOf(work: ConvolutionWork): Loops {
  const { batch, groups, kernel, stride, padding, channelsIn, channelsOut, size } = work;
  const x = { channels: channelsIn / groups, size };
  const y = { channels: channelsOut / groups, size: outputSize(work) };
  const [wide, narrow] = work.isTransposed ? [y, x] : [x, y];
  return { batch, groups, kernel, stride, padding, wide, narrow };
}

type Add = (firstIndex: number, secondIndex: number) => void;

function exactConvolution(
  work: ConvolutionWork,
  [first, second]: readonly [Float32Array, Float32Array],
  result: "x" | "w" | "y",
): ExactResult {
  const loops = loopsOf(work);
  const isNarrow = (result === "y") !== work.isTransposed;
  const forEachTerm = result === "w" ? weightTerms : isNarrow ? narrowTerms : wideTerms;
  // A transpose's x is narrow, and so it is the second of a weight gradient's inputs.
  const swaps = result === "w" && work.isTransposed;
  return {
    name: { x: "dx", w: "dw", y: "y" }[result],
    shape: convolutionShapes(work)[result],
    at(index) {
      let value = 0;
      let sizes = 0;
      let terms = 0;
      forEachTerm(loops, index, (i, j) => {
        const term = swaps ? first[j] * second[i] : first[i] * second[j];
        value += term;
        sizes += Math.abs(term);
        terms++;
      });
      return { value, tolerance: sumTolerance(terms, sizes) };
    },
  };
}

/** For an element of the narrow side: places of wide and weight. */
function narrowTerms(loops: Loops, index: number, add: Add): void {
  const { groups, kernel, stride, padding, wide, narrow } = loops;
  const ox = index % narrow.size;
  const oy = Math.floor(index / narrow.size) % narrow.size;
  const channel = Math.floor(index / narrow.size ** 2) % (narrow.channels * groups);
  const item = Math.floor(index / (narrow.size ** 2 * narrow.channels * groups));
  const group = Math.floor(channel / narrow.channels);
  for (let c = 0; c < wide.channels; c++) {
    const plane = (item * groups + group) * wide.channels + c;
    for (let ky = 0; ky < kernel; ky++) {
      const iy = oy * stride - padding + ky;
      if (iy < 0 || iy >= wide.size) continue;
      for (let kx = 0; kx < kernel; kx++) {
        const ix = ox * stride - padding + kx;
        if (ix < 0 || ix >= wide.size) continue;
        const w = ((channel * wide.channels + c) * kernel + ky) * kernel + kx;
        add((plane * wide.size + iy) * wide.size + ix, w);
      }
    }
  }
}

/** For an element of the wide side: places of narrow and weight. */
function wideTerms(loops: Loops, index: number, add: Add): void {
  const { groups, kernel, stride, padding, wide, narrow } = loops;
  const ix = index % wide.size;
  const iy = Math.floor(index / wide.size) % wide.size;
  const channel = Math.floor(index / wide.size ** 2) % (wide.channels * groups);
  const item = Math.floor(index / (wide.size ** 2 * wide.channels * groups));
  const group = Math.floor(channel / wide.channels);
  const c = channel % wide.channels;
  for (let ky = 0; ky < kernel; ky++) {
    const oy = (iy + padding - ky) / stride;
    if (!Number.isInteger(oy) || oy < 0 || oy >= narrow.size) continue;
    for (let kx = 0; kx < kernel; kx++) {
      const ox = (ix + padding - kx) / stride;
      if (!Number.isInteger(ox) || ox < 0 || ox >= narrow.size) continue;
      for (let o = 0; o < narrow.channels; o++) {
        const out = group * narrow.channels + o;
        const w = ((out * wide.channels + c) * kernel + ky) * kernel + kx;
        add(((item * groups * narrow.channels + out) * narrow.size + oy) * narrow.size + ox, w);
      }
    }
  }
}

/** For an element of the weight: places of narrow and wide. */
function weightTerms(loops: Loops, index: number, add: Add): void {
  const { batch, groups, kernel, stride, padding, wide, narrow } = loops;
  const kx = index % kernel;
  const ky = Math.floor(index / kernel) % kernel;
  const c = Math.floor(index / kernel ** 2) % wide.channels;
  const out = Math.floor(index / (kernel ** 2 * wide.channels));
  const group = Math.floor(out / narrow.channels);
  for (let item = 0; item < batch; item++) {
    const planeOut = item * groups * narrow.channels + out;
    const planeIn = (item * groups + group) * wide.channels + c;
    for (let oy = 0; oy < narrow.size; oy++) {
      const iy = oy * stride - padding + ky;
      if (iy < 0 || iy >= wide.size) continue;
      for (let ox = 0; ox < narrow.size; ox++) {
        const ix = ox * stride - padding + kx;
        if (ix < 0 || ix >= wide.size) continue;
        add((planeOut * narrow.size + oy) * narrow.size + ox, (planeIn * wide.size + iy) * wide.size + ix);
      }
    }
  }
}
