// First values: moments and bounds of what is drawn, structure of what is not, the same for the same seed.

import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { manualSeed } from "../../src/api/random.ts";
import { type Tensor, tensor, zeros } from "../../src/api/tensor.ts";
import { DtypeError, ShapeError, UsageError } from "../../src/base/errors.ts";
import * as nn from "../../src/nn/nn.ts";
import { conv2d } from "../../src/ops/index.ts";
import { initShared } from "../setup/sharedDevice.ts";

const { init } = nn;

beforeAll(async () => {
  await initShared();
});

beforeEach(() => {
  manualSeed(11);
});

const list = async (x: Tensor) => Array.from(await x.data());

/** Mean and variance must be within five deviations of what they are for `count` draws of this kurtosis. */
function expectMoments(values: readonly number[], mean: number, std: number, kurtosis: number): void {
  const count = values.length;
  const found = values.reduce((total, value) => total + value, 0) / count;
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / count;
  expect(Math.abs(found - mean)).toBeLessThan((5 * std) / Math.sqrt(count));
  expect(Math.abs(variance / std ** 2 - 1)).toBeLessThan(5 * Math.sqrt((kurtosis - 1) / count));
}

const UNIFORM = 1.8;
const NORMAL = 3;

/** Deviations as PyTorch 2.13 computes them for a weight of [24, 8, 3, 3]. */
const drawn: [name: string, draw: (x: Tensor) => Tensor, std: number, kurtosis: number, bound?: number][] = [
  ["uniform", (x) => init.uniform(x, { low: -3, high: 3 }), Math.sqrt(3), UNIFORM, 3],
  ["normal", (x) => init.normal(x, { std: 0.02 }), 0.02, NORMAL],
  ["xavierUniform", (x) => init.xavierUniform(x), Math.sqrt(2 / 288), UNIFORM, Math.sqrt(6 / 288)],
  ["xavierNormal", (x) => init.xavierNormal(x, { gain: 2 }), 2 * Math.sqrt(2 / 288), NORMAL],
  ["kaimingUniform", (x) => init.kaimingUniform(x), Math.sqrt(2 / 72), UNIFORM, Math.sqrt(6 / 72)],
  [
    "kaimingUniform of a layer of PyTorch",
    (x) => init.kaimingUniform(x, { a: Math.sqrt(5) }),
    Math.sqrt(1 / 3 / 72),
    UNIFORM,
    Math.sqrt(1 / 72),
  ],
  [
    "kaimingNormal",
    (x) => init.kaimingNormal(x, { mode: "fanOut", nonlinearity: "tanh" }),
    5 / 3 / Math.sqrt(216),
    NORMAL,
  ],
];

test.each(drawn)("%s", async (_, draw, std, kurtosis, bound = Number.POSITIVE_INFINITY) => {
  const x = zeros([24, 8, 3, 3]);
  expect(draw(x)).toBe(x);
  const values = await list(x);
  expectMoments(values, 0, std, kurtosis);
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound);
  expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(Math.min(2.5 * std, 0.98 * bound));
  const again = await list(draw(zeros([24, 8, 3, 3])));
  expect(again).not.toEqual(values);
  manualSeed(11);
  expect(await list(draw(zeros([24, 8, 3, 3])))).toEqual(values);
});

// Mean, deviation and kurtosis by the density, integrated.
test.each([
  [{}, 0, 0.879626, 2.37],
  [{ mean: 1, std: 2, low: 0, high: 40 }, 2.018321, 1.394526, 3.38],
  [{ low: 3, high: 100 }, 3.283099, 0.26563, 6.81],
])("truncatedNormal %o", async (options, mean, std, kurtosis) => {
  const values = await list(init.truncatedNormal(zeros([2000]), options));
  const { low = -2, high = 2 }: { low?: number; high?: number } = options;
  expect(values.every((value) => value >= low && value <= high)).toBe(true);
  expectMoments(values, mean, std, kurtosis);
});

test.each([
  [[6, 10], 1],
  [[10, 6], 0.5],
  [[4, 3, 2, 2], 2],
  [[12, 1, 3], 1],
])("orthogonal %o, gain %d", async (shape, gain) => {
  const x = init.orthogonal(zeros(shape), { gain });
  const [rows] = shape;
  const cols = x.size / rows;
  const values = await list(x);
  const at = (i: number, k: number) => (rows <= cols ? values[i * cols + k] : values[k * cols + i]);
  const [short, long] = rows <= cols ? [rows, cols] : [cols, rows];
  for (let i = 0; i < short; i++) {
    for (let j = 0; j < short; j++) {
      let product = 0;
      for (let k = 0; k < long; k++) product += at(i, k) * at(j, k);
      expect(Math.abs(product - (i === j ? gain * gain : 0))).toBeLessThan(1e-6);
    }
  }
  expect(values.some((value) => value < 0)).toBe(true);
});

test("what is not drawn: constants, ones on the diagonal, channels passed on", async () => {
  expect(await list(init.constant(zeros([2]), 0.5))).toEqual([0.5, 0.5]);
  expect(await list(init.ones(zeros([2])))).toEqual([1, 1]);
  expect(await list(init.zeros(tensor([3, 4])))).toEqual([0, 0]);
  expect(await list(init.eye(zeros([3, 2])))).toEqual([1, 0, 0, 1, 0, 0]);
  expect(await list(init.eye(zeros([2, 3])))).toEqual([1, 0, 0, 0, 1, 0]);
  // torch.nn.init.dirac_ of [4, 1, 3] with two groups, and of [3, 2, 2, 3].
  expect(await list(init.dirac(zeros([4, 1, 3]), { groups: 2 }))).toEqual([
    0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0,
  ]);
  const square = await list(init.dirac(zeros([3, 2, 2, 3])));
  expect(square.flatMap((value, i) => (value === 1 ? [i] : []))).toEqual([4, 22]);
  expect(init.orthogonal(zeros([2, 0])).shape).toEqual([2, 0]);
});

test("a convolution with dirac passes its image on; what was compiled before sees new values", async () => {
  const layer = new nn.Conv2d(2, 2, 3, { padding: 1, bias: false });
  const image = tensor([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2]);
  const run = compile((x: Tensor) => conv2d(x, layer.weight, { padding: 1 }));
  run(image);
  init.dirac(layer.weight);
  expect(await list(run(image))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test("sparse: a share of each column is 0", async () => {
  const values = await list(init.sparse(zeros([10, 30]), { sparsity: 0.25, std: 2 }));
  const zerosOf = (col: number) => values.filter((value, i) => i % 30 === col && value === 0).length;
  expect(Array.from({ length: 30 }, (_, col) => zerosOf(col))).toEqual(new Array(30).fill(3));
  const places = (col: number) =>
    values.flatMap((value, i) => (i % 30 === col && value === 0 ? [(i - col) / 30] : []));
  expect(new Set(Array.from({ length: 30 }, (_, col) => places(col).join())).size).toBeGreaterThan(15);
  expectMoments(
    values.filter((value) => value !== 0),
    0,
    2,
    NORMAL,
  );
});

test("gains are PyTorch's", () => {
  const gains = (
    [
      "linear",
      "conv1d",
      "conv2d",
      "conv3d",
      "convTranspose1d",
      "convTranspose2d",
      "convTranspose3d",
      "sigmoid",
      "tanh",
      "relu",
      "leakyRelu",
      "selu",
    ] as const
  ).map((name) => init.calculateGain(name));
  expect(gains).toEqual([
    1, 1, 1, 1, 1, 1, 1, 1, 1.6666666666666667, 1.4142135623730951, 1.4141428569978354, 0.75,
  ]);
  expect(init.calculateGain("leakyRelu", 0.2)).toBeCloseTo(1.3867504905630728, 15);
});

describe("what is refused", () => {
  const matrix = () => zeros([2, 3]);
  test.each([
    [
      "no tensor",
      () => init.zeros([0] as unknown as Tensor),
      new UsageError("init.constant: 0 is no tensor; it must be one."),
    ],
    [
      "whole numbers",
      () => init.uniform(zeros([2], { dtype: "i32" })),
      new DtypeError("init.uniform: the tensor has dtype i32; it must be f32 or f16."),
    ],
    [
      "a bias",
      () => init.kaimingUniform(zeros([3])),
      new ShapeError("init.kaimingUniform: the tensor is [3]; it must have at least 2 axes."),
    ],
    [
      "another mode",
      () => init.kaimingNormal(matrix(), { mode: "fan_in" as "fanIn" }),
      new UsageError('init.kaimingNormal: mode is "fan_in"; it must be "fanIn" or "fanOut".'),
    ],
    [
      "another nonlinearity",
      () => init.calculateGain("gelu" as "relu"),
      new UsageError(
        'init.calculateGain: nonlinearity is "gelu"; it must be one of linear, conv1d, conv2d, conv3d, convTranspose1d, convTranspose2d, convTranspose3d, sigmoid, tanh, relu, leakyRelu, selu.',
      ),
    ],
    [
      "a slope that is none",
      () => init.calculateGain("leakyRelu", Number.NaN),
      new UsageError("init.calculateGain: param is NaN; it must be a finite number."),
    ],
    [
      "a gain of NaN",
      () => init.orthogonal(matrix(), { gain: Number.NaN }),
      new UsageError("init.orthogonal: gain is NaN; it must be a finite number."),
    ],
    [
      "a negative deviation",
      () => init.normal(matrix(), { std: -1 }),
      new UsageError("init.normal: std is -1; it must be a finite number of at least 0."),
    ],
    [
      "no deviation between bounds",
      () => init.truncatedNormal(matrix(), { std: 0 }),
      new UsageError("init.truncatedNormal: std is 0; it must be a finite number above 0."),
    ],
    [
      "bounds the wrong way round",
      () => init.truncatedNormal(matrix(), { low: 1, high: -1 }),
      new UsageError(
        "init.truncatedNormal: low is 1 and high -1; both must be finite, and low at most high.",
      ),
    ],
    [
      "a share above 1",
      () => init.sparse(matrix(), { sparsity: 1.5 }),
      new UsageError("init.sparse: sparsity is 1.5; it must be from 0 to 1."),
    ],
    [
      "a diagonal of three axes",
      () => init.eye(zeros([2, 2, 2])),
      new ShapeError("init.eye: the tensor is [2, 2, 2]; it must have 2 axes."),
    ],
    [
      "dirac of a matrix",
      () => init.dirac(matrix()),
      new ShapeError("init.dirac: the tensor is [2, 3]; it must have 3 to 5 axes."),
    ],
    [
      "groups that do not divide",
      () => init.dirac(zeros([4, 1, 3]), { groups: 3 }),
      new UsageError("init.dirac: groups is 3 for 4 channels; it must be a whole number that divides them."),
    ],
  ])("%s", (_, run, error) => {
    expect(run).toThrow(error);
  });
});
