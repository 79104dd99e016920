// What there is to choose from: that every family's candidates can take each other's place, and how classes are named.

import { describe, expect, test } from "vitest";
import { type Choices, choicesOf, sizeClass } from "../../src/kernels/choice.ts";
import { conv2dForward, conv2dInputGradient } from "../../src/kernels/conv2d.ts";
import {
  conv2dChoices,
  conv2dInputGradientChoices,
  conv2dWeightGradientChoices,
} from "../../src/kernels/conv2dChoices.ts";
import type { Conv2dSizes } from "../../src/kernels/conv2dSizes.ts";
import { conv2dWeightGradient } from "../../src/kernels/conv2dWeightGradient.ts";
import type { DeviceProfile, Dispatch } from "../../src/kernels/kernel.ts";
import { matmulSplitK } from "../../src/kernels/matmul.ts";
import { matmulChoices } from "../../src/kernels/matmulChoices.ts";
import { reduce } from "../../src/kernels/reduce.ts";
import { reduceChoices, rowChoices } from "../../src/kernels/rowChoices.ts";
import { shippedChoices } from "../../src/kernels/shippedChoices.ts";
import { softmax, softmaxVariant } from "../../src/kernels/softmax.ts";
import { fallbackProfile, gpuProfile } from "../setup/deviceProfile.ts";

function product(m: number, n: number, k: number, flags = {}) {
  const plain = {
    batch: 1,
    splits: 1,
    transposeA: false,
    transposeB: false,
    batchStrideA: 0,
    batchStrideB: 0,
  };
  return { ...plain, m, n, k, ...flags };
}

function convolution(channelsIn: number, channelsOut: number, size: number, groups = 1): Conv2dSizes {
  const window = { kernelHeight: 3, kernelWidth: 3, strideY: 1, strideX: 1, paddingY: 1, paddingX: 1 };
  const planes = { heightIn: size, widthIn: size, heightOut: size, widthOut: size };
  return { batch: 2, channelsIn, channelsOut, groups, dilationY: 1, dilationX: 1, ...window, ...planes };
}

interface Case {
  readonly name: string;
  readonly choices: Choices | undefined;
  readonly usual: Dispatch;
}

function cases(device: DeviceProfile): Case[] {
  const products = [1, 2, 4, 5, 8, 33, 64, 1021].flatMap((m) =>
    [1, 4, 7, 32, 40, 512].map((n) => product(m, n, 128)),
  );
  const convolutions = [
    convolution(1, 6, 28),
    convolution(16, 16, 14),
    convolution(64, 40, 8),
    convolution(32, 32, 9, 32),
  ];
  const sums = [
    { outer: 8, length: 16, inner: 1 },
    { outer: 300, length: 1000, inner: 1 },
    { outer: 1, length: 64, inner: 96 },
  ];
  const rows = [
    { rows: 4, cols: 10 },
    { rows: 512, cols: 1000 },
  ];
  return [
    ...products.map((sizes) => ({
      name: `matmul ${sizes.m} x ${sizes.n}`,
      choices: matmulChoices(sizes, device),
      usual: matmulSplitK(sizes, device),
    })),
    ...convolutions.flatMap((sizes) => [
      { name: "conv2d", choices: conv2dChoices(sizes, device), usual: conv2dForward(sizes, device) },
      {
        name: "input gradient",
        choices: conv2dInputGradientChoices(sizes, device),
        usual: conv2dInputGradient(sizes, device),
      },
      {
        name: "weight gradient",
        choices: conv2dWeightGradientChoices({ ...sizes, splits: 2 }, device),
        usual: conv2dWeightGradient({ ...sizes, splits: 2 }, device),
      },
    ]),
    ...sums.map((sizes) => ({
      name: "sum",
      choices: reduceChoices("sum", sizes, device),
      usual: reduce("sum", sizes, device),
    })),
    ...rows.map((sizes) => ({
      name: "softmax",
      choices: rowChoices("softmax", sizes.rows, sizes.cols, device, (variant) =>
        softmaxVariant(variant, sizes, false, device),
      ),
      usual: softmax(sizes, false, device),
    })),
  ];
}

describe.each([
  ["gpu", gpuProfile],
  ["fallback", fallbackProfile],
] as const)("%s kernels", (_, device) => {
  const offered = cases(device).filter(({ choices }) => choices !== undefined);

  test("there are choices", () => {
    expect(offered.length).toBeGreaterThan(20);
  });

  test("the first is the launch by default, and the others are other launches of the same ports", () => {
    for (const { name, choices, usual } of offered) {
      const candidates = choices?.candidates ?? [];
      expect(candidates[0].dispatch, name).toEqual(usual);
      expect(candidates[0].name, name).not.toBe("usual");
      expect(candidates.length, name).toBeLessThanOrEqual(8);
      expect(new Set(candidates.map((candidate) => candidate.name)).size, name).toBe(candidates.length);
      const launches = candidates.map(({ dispatch: { kernel, constants } }) =>
        JSON.stringify([kernel.name, constants]),
      );
      expect(new Set(launches).size, name).toBe(launches.length);
      for (const { kernel } of candidates.map(({ dispatch }) => dispatch)) {
        expect(kernel.inputs, name).toEqual(usual.kernel.inputs);
        expect(kernel.output, name).toBe(usual.kernel.output);
        expect(kernel.strided, name).toEqual(usual.kernel.strided);
      }
    }
  });

  test("a device without cheap barriers is offered none", () => {
    const tiled = offered.flatMap(({ choices }) =>
      (choices?.candidates ?? []).filter(({ dispatch }) => /workgroupBarrier/.test(dispatch.kernel.source)),
    );
    expect(tiled.length > 0).toBe(device.kind === "gpu");
  });
});

test("a row that one invocation would walk for long is not offered to it", () => {
  expect(reduceChoices("sum", { outer: 1, length: 10_000_000, inner: 1 }, gpuProfile)).toBeUndefined();
});

test("shapes of one class share a key; layout, and what can be read by fours, do not go together", () => {
  const keyOf = (sizes: ReturnType<typeof product>) => matmulChoices(sizes, gpuProfile)?.key;
  const key = keyOf(product(256, 256, 256));
  expect(key).toBe("matmul 1x256x256x256 NN quads:aby");
  expect(keyOf(product(264, 240, 256))).toBe(key);
  expect(keyOf(product(512, 256, 256))).not.toBe(key);
  expect(keyOf(product(256, 256, 256, { transposeB: true }))).not.toBe(key);
  expect(keyOf(product(257, 257, 257))).not.toBe(key);
  expect(keyOf(product(256, 256, 256, { splits: 8 }))).not.toBe(key);
});

test("sizes are rounded in ratio", () => {
  expect([0, 1, 2, 3, 5, 6, 90, 91, 1000, 50257].map(sizeClass)).toEqual([
    0, 1, 2, 4, 4, 8, 64, 128, 1024, 65536,
  ]);
});

test("one launch is no choice, and more than 8 are a mistake", () => {
  const usual = softmax({ rows: 4, cols: 4 }, false, gpuProfile);
  const other = (size: number) => ({ ...usual, constants: { ...usual.constants, WORKGROUP_SIZE: size } });
  expect(choicesOf("f", [1], [], usual, { same: usual })).toBeUndefined();
  expect(choicesOf("f", [1], [], usual, { other: other(32) })?.candidates.map(({ name }) => name)).toEqual([
    "usual",
    "other",
  ]);
  const many = Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8].map((size) => [`of${size}`, other(size)]));
  expect(() => choicesOf("f", [1], [], usual, many)).toThrow("f: at most 8 candidates");
});

test("what is shipped goes by vendor, and by architecture over that", () => {
  const shipped = { maker: { a: "1", b: "1" }, "maker/chip": { b: "2" }, other: { a: "3" } };
  expect(shippedChoices("maker", "chip", shipped)).toEqual({ a: "1", b: "2" });
  expect(shippedChoices("maker", "else", shipped)).toEqual({ a: "1", b: "1" });
  expect(shippedChoices("", "", shipped)).toEqual({});
});
