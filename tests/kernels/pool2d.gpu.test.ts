// Every pooling kernel: maxima bit-equal with ties, NaN and infinities; means bit-equal on small integers and within
// the reduction bar on fractions.

import { expect, test } from "vitest";
import { DEFAULT_PROFILE, type DeviceProfile } from "../../src/kernels/kernel.ts";
import {
  avgPool2d,
  avgPool2dGradient,
  maxPool2d,
  maxPool2dGather,
  maxPool2dGradient,
  maxPool2dGradientCells,
  maxPool2dGradientWindows,
  type Pool2dSizes,
} from "../../src/kernels/pool2d.ts";
import { profiles, runKernel } from "../setup/runKernel.ts";
import { allowedError } from "../setup/tolerances.ts";

type Pair = readonly [y: number, x: number];

interface Geometry {
  planes?: number;
  image: Pair;
  kernel: Pair;
  stride: Pair;
  padding?: Pair;
  dilation?: Pair;
  /** As PyTorch's ceil_mode: a last window may hang over the end. */
  ceil?: boolean;
}

const geometries: Record<string, Geometry> = {
  "one number": { planes: 1, image: [1, 1], kernel: [1, 1], stride: [1, 1] },
  "2 x 2 apart": { image: [8, 12], kernel: [2, 2], stride: [2, 2] },
  "2 x 2 apart, a row and a column left over": { planes: 5, image: [7, 11], kernel: [2, 2], stride: [2, 2] },
  "gaps between the windows": { image: [11, 13], kernel: [2, 1], stride: [3, 4] },
  "3 x 3 overlapping": { image: [9, 10], kernel: [3, 3], stride: [2, 2], padding: [1, 1] },
  "3 x 3 at stride 1": { image: [5, 6], kernel: [3, 3], stride: [1, 1], padding: [1, 1] },
  "different both ways": { image: [9, 17], kernel: [2, 4], stride: [2, 3], padding: [1, 2] },
  "dilated, overlapping": {
    image: [9, 12],
    kernel: [3, 2],
    stride: [2, 1],
    padding: [1, 1],
    dilation: [2, 3],
  },
  "dilated, apart": { image: [12, 12], kernel: [2, 2], stride: [4, 5], dilation: [3, 2], padding: [1, 1] },
  "apart, with padding": { image: [7, 8], kernel: [3, 3], stride: [3, 3], padding: [1, 1] },
  "a last window over the end": {
    image: [6, 6],
    kernel: [3, 3],
    stride: [2, 2],
    padding: [1, 1],
    ceil: true,
  },
  "apart, a last window over the end": { image: [5, 7], kernel: [2, 2], stride: [2, 2], ceil: true },
  "the whole image": { planes: 6, image: [7, 5], kernel: [7, 5], stride: [1, 1] },
  "a window without elements": {
    image: [3, 3],
    kernel: [2, 2],
    stride: [1, 1],
    padding: [1, 1],
    dilation: [4, 4],
  },
};

function sizesOf({ planes = 3, image, kernel, stride, ...rest }: Geometry): Pool2dSizes {
  const { padding = [0, 0], dilation = [1, 1], ceil = false } = rest;
  const out = ([0, 1] as const).map((axis) => {
    const room = image[axis] + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) - 1;
    return (ceil ? Math.ceil(room / stride[axis]) : Math.floor(room / stride[axis])) + 1;
  });
  return {
    planes,
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
  };
}

const countIn = ({ planes, heightIn, widthIn }: Pool2dSizes) => planes * heightIn * widthIn;
const countOut = ({ planes, heightOut, widthOut }: Pool2dSizes) => planes * heightOut * widthOut;

interface Window {
  /** The elements inside x, row-major. */
  places: number[];
  /** How many elements there are with the padding's. */
  padded: number;
}

/** All windows, in the order of y. */
function windowsOf(sizes: Pool2dSizes): Window[] {
  const { heightIn, widthIn, heightOut, widthOut, kernelHeight, kernelWidth, paddingY, paddingX } = sizes;
  return Array.from({ length: countOut(sizes) }, (_, y) => {
    const plane = Math.floor(y / (heightOut * widthOut));
    const top = (Math.floor(y / widthOut) % heightOut) * sizes.strideY - paddingY;
    const left = (y % widthOut) * sizes.strideX - paddingX;
    const window: Window = { places: [], padded: 0 };
    for (let p = 0; p < kernelHeight; p++)
      for (let q = 0; q < kernelWidth; q++) {
        const row = top + p * sizes.dilationY;
        const col = left + q * sizes.dilationX;
        if (row < heightIn + paddingY && col < widthIn + paddingX) window.padded++;
        if (row < 0 || row >= heightIn || col < 0 || col >= widthIn) continue;
        window.places.push((plane * heightIn + row) * widthIn + col);
      }
    return window;
  });
}

function at(values: Float32Array, place: number | undefined): number {
  return values[place ?? -1] ?? Number.NaN;
}

/** The element that PyTorch takes: a NaN replaces whatever came before it, others only what is smaller. */
function chosen(x: Float32Array, { places }: Window): number | undefined {
  let best: number | undefined;
  for (const place of places) {
    const value = at(x, place);
    if (best === undefined || value > at(x, best) || Number.isNaN(value)) best = place;
  }
  return best;
}

/** A fixed, uneven sequence of numbers from 0 to 1. */
function sequence(count: number, seed: number, value: (fraction: number) => number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return value(state / 2 ** 32);
  });
}

const integer = (fraction: number) => Math.floor(fraction * 5) - 2;
const signed = (fraction: number) => 2 * fraction - 1;
/** Few enough different values that most windows have ties, some of NaN. */
const special = [
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  Number.POSITIVE_INFINITY,
  -0,
  0,
  1,
  -1,
  -3.4e38,
  3.4e38,
];
const extreme = (fraction: number) => special[Math.floor(fraction * special.length)] ?? 0;
const lowest = () => Number.NEGATIVE_INFINITY;

const datasets: Record<string, (fraction: number) => number> = {
  "small integers": integer,
  "extreme values": extreme,
  "nothing but -infinity": lowest,
};

/** Folds all but the smallest dispatches into two dimensions, with some workgroups too many. */
const narrow: DeviceProfile = { ...DEFAULT_PROFILE, maxWorkgroupsPerDimension: 3 };

for (const [name, geometry] of Object.entries(geometries)) {
  const sizes = sizesOf(geometry);
  const windows = windowsOf(sizes);
  const dy = sequence(countOut(sizes), 2, integer);

  for (const [kind, value] of Object.entries(datasets)) {
    const x = sequence(countIn(sizes), 1, value);

    test(`maximum of ${kind}: ${name}`, async () => {
      const expected = Float32Array.from(windows, (window) => {
        const place = chosen(x, window);
        return place === undefined ? Number.NEGATIVE_INFINITY : at(x, place);
      });
      expect(await runKernel(maxPool2d(sizes, narrow), { x }, countOut(sizes))).toEqual(expected);
    });

    test(`gradient of the maximum of ${kind}: ${name}`, async () => {
      const expected = new Float32Array(countIn(sizes));
      windows.forEach((window, y) => {
        const place = chosen(x, window);
        if (place !== undefined) expected[place] = at(expected, place) + at(dy, y);
      });
      const overlap = maxPool2dGradient(sizes, narrow).kernel.name === "max_pool2d_gradient_windows";
      for (const kernel of overlap
        ? [maxPool2dGradientWindows]
        : [maxPool2dGradientWindows, maxPool2dGradientCells]) {
        const dx = await runKernel(kernel(sizes, narrow), { x, dy }, countIn(sizes));
        // A gradient of -0 that is added to nothing may come out as either 0.
        expect(dx.map((element) => element + 0)).toEqual(expected.map((element) => element + 0));
      }
    });

    test(`values at the maximum of ${kind}: ${name}`, async () => {
      const g = sequence(countIn(sizes), 3, signed);
      const expected = Float32Array.from(windows, (window) => {
        const place = chosen(x, window);
        return place === undefined ? 0 : at(g, place);
      });
      expect(await runKernel(maxPool2dGather(sizes, narrow), { x, g }, countOut(sizes))).toEqual(expected);
    });
  }

  for (const countIncludePad of [true, false]) {
    const counts = windows.map((window) => (countIncludePad ? window.padded : window.places.length));

    test(`mean, padding ${countIncludePad ? "included" : "excluded"}: ${name}`, async () => {
      const x = sequence(countIn(sizes), 1, signed);
      const y = await runKernel(avgPool2d({ ...sizes, countIncludePad }, narrow), { x }, countOut(sizes));
      windows.forEach(({ places }, i) => {
        const values = places.map((place) => at(x, place) / (counts[i] ?? 0));
        expectWithinBar(at(y, i), values);
      });
    });

    test(`gradient of the mean, padding ${countIncludePad ? "included" : "excluded"}: ${name}`, async () => {
      const terms = Array.from({ length: countIn(sizes) }, (): number[] => []);
      windows.forEach(({ places }, y) => {
        for (const place of places) terms[place]?.push(at(dy, y) / (counts[y] ?? 0));
      });
      const dispatch = avgPool2dGradient({ ...sizes, countIncludePad }, narrow);
      const dx = await runKernel(dispatch, { dy }, countIn(sizes));
      for (const [i, values] of terms.entries()) expectWithinBar(at(dx, i), values);
    });
  }
}

function expectWithinBar(actual: number, values: number[]): void {
  const sum = values.reduce((total, value) => total + value, 0);
  const magnitude = values.reduce((total, value) => total + Math.abs(value), 0);
  const comparison = { expected: sum, input: Number.NaN, magnitude };
  const bar = allowedError({ family: "reduction", length: values.length }, comparison);
  if (Math.abs(actual - sum) <= bar) return;
  expect.fail(`${actual} is not within ${bar} of ${sum}`);
}

test("a mean of integers over 4 elements is exact", async () => {
  const sizes = sizesOf({ image: [8, 10], kernel: [2, 2], stride: [2, 2] });
  const x = sequence(countIn(sizes), 1, integer);
  const expected = Float32Array.from(windowsOf(sizes), ({ places }) =>
    places.reduce((total, place) => total + at(x, place) / 4, 0),
  );
  for (const device of profiles) {
    const dispatch = avgPool2d({ ...sizes, countIncludePad: true }, device);
    expect(await runKernel(dispatch, { x }, countOut(sizes))).toEqual(expected);
  }
});

test("a NaN in x does not reach windows that do not cover it", async () => {
  const sizes = sizesOf({ planes: 1, image: [4, 8], kernel: [2, 2], stride: [2, 2] });
  const x = new Float32Array(32).fill(1);
  x[2 * 8 + 5] = Number.NaN;
  const y = await runKernel(avgPool2d({ ...sizes, countIncludePad: false }, narrow), { x }, 8);
  expect([...y]).toEqual([1, 1, 1, 1, 1, 1, Number.NaN, 1]);
});

test("windows apart take the cheap gradient, all others the general one", () => {
  const chooses = (geometry: Geometry) => maxPool2dGradient(sizesOf(geometry), narrow).kernel.name;
  const image: Pair = [9, 9];
  expect(chooses({ image, kernel: [2, 2], stride: [2, 2] })).toBe("max_pool2d_gradient_cells");
  expect(chooses({ image, kernel: [2, 3], stride: [2, 2] })).toBe("max_pool2d_gradient_windows");
  expect(chooses({ image, kernel: [2, 2], stride: [2, 2], dilation: [1, 2] })).toBe(
    "max_pool2d_gradient_windows",
  );
  expect(chooses({ image, kernel: [2, 2], stride: [3, 3], dilation: [2, 2] })).toBe(
    "max_pool2d_gradient_cells",
  );
});
