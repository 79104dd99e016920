// Every conv2d kernel in its three directions, bit-equal on small integers and within the reduction bar on fractions.

import { expect, test } from "vitest";
import {
  conv2dDirect,
  conv2dForward,
  conv2dInputGradient,
  conv2dInputGradientDirect,
  conv2dInputGradientTiled,
  conv2dTiled,
} from "../../src/kernels/conv2d.ts";
import type { Conv2dSizes } from "../../src/kernels/conv2dSizes.ts";
import {
  conv2dWeightGradient,
  conv2dWeightGradientDirect,
  conv2dWeightGradientSplits,
  conv2dWeightGradientTiled,
} from "../../src/kernels/conv2dWeightGradient.ts";
import { DEFAULT_PROFILE, type DeviceProfile, type Dispatch } from "../../src/kernels/kernel.ts";
import { runKernel } from "../setup/runKernel.ts";
import { allowedError } from "../setup/tolerances.ts";
import { conv2dSums, countOf, type Sums } from "./conv2dReference.ts";

const gpu = DEFAULT_PROFILE;
const fallback: DeviceProfile = { ...DEFAULT_PROFILE, kind: "fallback" };
/** Folds all but the smallest dispatches into two dimensions, with some workgroups too many. */
const narrow: DeviceProfile = { ...gpu, maxWorkgroupsPerDimension: 3 };

type Pair = readonly [y: number, x: number];

interface Geometry {
  batch?: number;
  channels: readonly [channelsIn: number, channelsOut: number];
  image: Pair;
  kernel: Pair;
  stride?: Pair;
  padding?: Pair;
  dilation?: Pair;
  groups?: number;
}

function sizesOf({ batch = 1, channels, image, kernel, groups = 1, ...rest }: Geometry): Conv2dSizes {
  const { stride = [1, 1], padding = [0, 0], dilation = [1, 1] } = rest;
  const out = ([0, 1] as const).map((axis) => {
    const room = image[axis] + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) - 1;
    return Math.floor(room / stride[axis]) + 1;
  });
  return {
    batch,
    channelsIn: channels[0],
    channelsOut: channels[1],
    heightIn: image[0],
    widthIn: image[1],
    heightOut: out[0] ?? 0,
    widthOut: out[1] ?? 0,
    kernelHeight: kernel[0],
    kernelWidth: kernel[1],
    strideY: stride[0],
    strideX: stride[1],
    paddingY: padding[0],
    paddingX: padding[1],
    dilationY: dilation[0],
    dilationX: dilation[1],
    groups,
  };
}

const geometries: Record<string, Geometry> = {
  "one number": { channels: [1, 1], image: [1, 1], kernel: [1, 1] },
  "5 x 5 with padding, odd batch": {
    batch: 3,
    channels: [1, 6],
    image: [9, 9],
    kernel: [5, 5],
    padding: [2, 2],
  },
  "5 x 5, even batch": { batch: 2, channels: [6, 16], image: [9, 8], kernel: [5, 5] },
  "stride 2 that leaves a row over": {
    batch: 2,
    channels: [5, 7],
    image: [8, 11],
    kernel: [3, 3],
    stride: [2, 2],
    padding: [1, 1],
  },
  "strides and dilations without common divisor": {
    channels: [3, 4],
    image: [13, 17],
    kernel: [3, 2],
    stride: [3, 2],
    dilation: [2, 3],
    padding: [3, 1],
  },
  "strides and dilations with one": {
    batch: 2,
    channels: [2, 3],
    image: [19, 23],
    kernel: [3, 4],
    stride: [4, 2],
    dilation: [6, 2],
    padding: [5, 2],
  },
  "stride above the kernel": { batch: 2, channels: [2, 5], image: [10, 11], kernel: [2, 1], stride: [3, 4] },
  "dilation alone": { channels: [9, 3], image: [9, 9], kernel: [3, 3], dilation: [2, 2], padding: [2, 2] },
  depthwise: { batch: 2, channels: [5, 5], image: [7, 9], kernel: [3, 3], padding: [1, 1], groups: 5 },
  "depthwise with two channels each": { channels: [3, 6], image: [6, 5], kernel: [3, 3], groups: 3 },
  groups: { batch: 2, channels: [6, 8], image: [5, 6], kernel: [3, 3], padding: [1, 1], groups: 2 },
  "kernel above the image": { channels: [2, 2], image: [2, 2], kernel: [4, 4], padding: [2, 2] },
  "padding above the kernel": { channels: [2, 3], image: [3, 4], kernel: [2, 2], padding: [4, 3] },
  "one row, long": { channels: [2, 3], image: [1, 601], kernel: [1, 9], padding: [0, 4] },
  "1 x 1": { batch: 2, channels: [17, 33], image: [4, 5], kernel: [1, 1] },
  "1 x 1, odd image": { batch: 2, channels: [16, 31], image: [3, 5], kernel: [1, 1] },
  "1 x 1, stride 2": { channels: [18, 16], image: [7, 8], kernel: [1, 1], stride: [2, 2] },
  "one more than a tile": { channels: [17, 65], image: [9, 9], kernel: [3, 3], padding: [1, 1] },
  "one less than a tile": { channels: [31, 63], image: [7, 9], kernel: [3, 3], padding: [1, 1] },
  "groups of 16": { batch: 3, channels: [32, 48], image: [5, 5], kernel: [3, 3], groups: 2, stride: [2, 2] },
};

interface Data extends Readonly<Record<"x" | "w" | "dy", Float32Array>> {}

/** A fixed, uneven sequence of numbers from 0 to 1. */
function sequence(count: number, seed: number, value: (fraction: number) => number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return value(state / 2 ** 32);
  });
}

function dataFor(sizes: Conv2dSizes, value: (fraction: number) => number): Data {
  return {
    x: sequence(countOf(sizes, "x"), 1, value),
    w: sequence(countOf(sizes, "w"), 2, value),
    dy: sequence(countOf(sizes, "y"), 3, value),
  };
}

const integer = (fraction: number) => Math.floor(fraction * 9) - 4;
const signed = (fraction: number) => 2 * fraction - 1;

function expectEqual(actual: Float32Array, { values }: Sums): void {
  expect(actual).toEqual(new Float32Array(values));
}

function expectWithinBar(actual: Float32Array, { values, magnitudes, terms }: Sums): void {
  values.forEach((expected, i) => {
    const comparison = { expected, input: Number.NaN, magnitude: magnitudes[i] ?? 0 };
    const bar = allowedError({ family: "reduction", length: terms }, comparison);
    const value = actual[i] ?? Number.NaN;
    if (!(Math.abs(value - expected) <= bar))
      expect.fail(`${i}: ${value} is not within ${bar} of ${expected}`);
  });
}

function addParts(parts: Float32Array, splits: number): Float32Array {
  const count = parts.length / splits;
  return Float32Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let part = 0; part < splits; part++) sum += parts[part * count + i] ?? Number.NaN;
    return sum;
  });
}

/** What dy adds up to for each channel out. */
function sumsOf({ channelsOut, heightOut, widthOut }: Conv2dSizes, { dy }: Data): number[] {
  const plane = heightOut * widthOut;
  const totals = new Array<number>(channelsOut).fill(0);
  dy.forEach((value, i) => {
    totals[Math.floor(i / plane) % channelsOut] += value;
  });
  return totals;
}

async function weightGradient(
  kernel: typeof conv2dWeightGradient,
  sizes: Conv2dSizes,
  splits: number,
  data: Data,
  device: DeviceProfile,
): Promise<Float32Array> {
  const dispatch = kernel({ ...sizes, splits }, device);
  return addParts(await runKernel(dispatch, { ...data }, splits * countOf(sizes, "w")), splits);
}

const forwards: [name: string, (sizes: Conv2dSizes) => Dispatch][] = [
  ["direct, gpu", (sizes) => conv2dDirect(sizes, gpu)],
  ["direct, fallback", (sizes) => conv2dDirect(sizes, fallback)],
  ["tiled", (sizes) => conv2dTiled(sizes, narrow)],
];

const inputGradients: [name: string, (sizes: Conv2dSizes) => Dispatch][] = [
  ["direct, gpu", (sizes) => conv2dInputGradientDirect(sizes, narrow)],
  ["direct, fallback", (sizes) => conv2dInputGradientDirect(sizes, fallback)],
  ["tiled", (sizes) => conv2dInputGradientTiled(sizes, gpu)],
];

const weightGradients: [name: string, typeof conv2dWeightGradient][] = [
  ["direct", conv2dWeightGradientDirect],
  ["tiled", conv2dWeightGradientTiled],
];

for (const [name, geometry] of Object.entries(geometries)) {
  const sizes = sizesOf(geometry);
  const data = dataFor(sizes, integer);

  test(`y of small integers: ${name}`, async () => {
    const expected = conv2dSums(sizes, "y", data);
    for (const [, kernel] of forwards) {
      expectEqual(await runKernel(kernel(sizes), { ...data }, countOf(sizes, "y")), expected);
    }
  });

  test(`dx of small integers: ${name}`, async () => {
    const expected = conv2dSums(sizes, "dx", data);
    for (const [, kernel] of inputGradients) {
      expectEqual(await runKernel(kernel(sizes), { ...data }, countOf(sizes, "x")), expected);
    }
  });

  test(`dw of small integers, whole and in uneven parts: ${name}`, async () => {
    const expected = conv2dSums(sizes, "dw", data);
    for (const [, kernel] of weightGradients) {
      expectEqual(await weightGradient(kernel, sizes, 1, data, gpu), expected);
      expectEqual(await weightGradient(kernel, sizes, 7, data, narrow), expected);
    }
  });
}

for (const [name, geometry] of Object.entries(geometries)) {
  test(`dw with the sums of dy behind it, whole and in uneven parts: ${name}`, async () => {
    const sizes = sizesOf(geometry);
    const data = dataFor(sizes, integer);
    const expected = [...new Float32Array(conv2dSums(sizes, "dw", data).values), ...sumsOf(sizes, data)];
    const count = expected.length;
    for (const [, kernel] of weightGradients) {
      for (const [splits, device] of [
        [1, gpu],
        [7, narrow],
        [3, fallback],
      ] as const) {
        const dispatch = kernel({ ...sizes, splits, sums: true }, device);
        const parts = await runKernel(dispatch, { ...data }, splits * count);
        expect(addParts(parts, splits)).toEqual(Float32Array.from(expected));
      }
    }
  });
}

test("all directions of fractions stay within the bar", async () => {
  const sizes = sizesOf({ batch: 3, channels: [18, 20], image: [11, 10], kernel: [3, 3], padding: [1, 1] });
  const data = dataFor(sizes, signed);
  const y = conv2dSums(sizes, "y", data);
  const dx = conv2dSums(sizes, "dx", data);
  const dw = conv2dSums(sizes, "dw", data);
  for (const [, kernel] of forwards) {
    expectWithinBar(await runKernel(kernel(sizes), { ...data }, countOf(sizes, "y")), y);
  }
  for (const [, kernel] of inputGradients) {
    expectWithinBar(await runKernel(kernel(sizes), { ...data }, countOf(sizes, "x")), dx);
  }
  for (const [, kernel] of weightGradients) {
    expectWithinBar(await weightGradient(kernel, sizes, 3, data, gpu), dw);
  }
});

test("a NaN in x reaches the windows that cover it and no others", async () => {
  const sizes = sizesOf({ channels: [1, 1], image: [6, 9], kernel: [3, 3], padding: [1, 1] });
  const data = dataFor(sizes, integer);
  data.x[2 * 9 + 4] = Number.NaN;
  for (const [, kernel] of forwards) {
    const y = await runKernel(kernel(sizes), { ...data }, countOf(sizes, "y"));
    const rowsAndCols = [...y.keys()].filter((i) => Number.isNaN(y[i]));
    expect(rowsAndCols).toEqual([1, 2, 3].flatMap((row) => [3, 4, 5].map((col) => row * 9 + col)));
  }
});

test("the kernel follows the profile and the channels of a group", () => {
  const choices = (geometry: Geometry, device: DeviceProfile) => {
    const sizes = { ...sizesOf(geometry), splits: 1 };
    return [conv2dForward, conv2dInputGradient, conv2dWeightGradient].map(
      (choose) => choose(sizes, device).kernel.name,
    );
  };
  const direct = ["conv2d_direct", "conv2d_input_gradient_direct", "conv2d_weight_gradient_direct"];
  const tiled = ["conv2d_tiled", "conv2d_input_gradient_tiled", "conv2d_weight_gradient_tiled"];
  const wide: Geometry = { channels: [16, 16], image: [8, 8], kernel: [3, 3] };
  expect(choices(wide, gpu)).toEqual(tiled);
  expect(choices(wide, fallback)).toEqual(direct);
  expect(choices({ ...wide, channels: [15, 64] }, gpu)).toEqual(direct);
  expect(choices({ ...wide, channels: [64, 15] }, gpu)).toEqual(direct);
  expect(choices({ ...wide, channels: [64, 64], groups: 8 }, gpu)).toEqual(direct);
});

test("a weight gradient is split where the result is small and the sum is long", () => {
  const short = sizesOf({ channels: [64, 64], image: [8, 8], kernel: [3, 3] });
  const long = sizesOf({ batch: 64, channels: [64, 64], image: [56, 56], kernel: [3, 3], padding: [1, 1] });
  const thin = sizesOf({ batch: 64, channels: [1, 6], image: [28, 28], kernel: [5, 5], padding: [2, 2] });
  expect(conv2dWeightGradientSplits(short, gpu)).toBe(1);
  expect(conv2dWeightGradientSplits(long, gpu)).toBeGreaterThan(32);
  expect(conv2dWeightGradientSplits(thin, fallback)).toBeGreaterThan(50);
  expect(conv2dWeightGradientSplits(thin, fallback)).toBeLessThan(conv2dWeightGradientSplits(thin, gpu));
  const resultBytes = 4 * countOf(long, "w");
  expect(conv2dWeightGradientSplits(long, { ...gpu, maxBindingBytes: 5.5 * resultBytes })).toBe(5);
  const tight = { ...gpu, maxBindingBytes: 5 * resultBytes };
  expect(conv2dWeightGradientSplits(long, tight)).toBe(5);
  expect(conv2dWeightGradientSplits(long, tight, true)).toBe(4);
});

test("multiply-adds count twice", () => {
  const sizes = sizesOf({ batch: 2, channels: [4, 6], image: [5, 5], kernel: [3, 3], groups: 2 });
  for (const dispatch of [conv2dForward(sizes, gpu), conv2dInputGradient(sizes, gpu)]) {
    expect(dispatch.flops).toBe(2 * 2 * 6 * 9 * 2 * 9);
  }
});
