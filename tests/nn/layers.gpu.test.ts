// What layers compute, on whole numbers where a result must be exact, and how their parameters begin.

import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/api/compile.ts";
import { manualSeed } from "../../src/api/random.ts";
import { ones, type Tensor, tensor } from "../../src/api/tensor.ts";
import * as nn from "../../src/nn/nn.ts";
import { elementCount, type Shape } from "../../src/tensor/shape.ts";
import { initShared } from "../setup/sharedDevice.ts";

beforeAll(async () => {
  await initShared();
});

/** 0, 1, …, as a tensor. */
function counting(shape: Shape, start = 0): Tensor {
  return tensor(
    Float32Array.from({ length: elementCount(shape) }, (_, i) => start + i),
    shape,
  );
}

async function resultOf(y: Tensor): Promise<{ shape: Shape; values: number[] }> {
  return { shape: y.shape, values: [...(await y.data())] };
}

describe("Linear", () => {
  const linear = () => {
    const layer = new nn.Linear(3, 2);
    layer.weight.write([1, 2, 3, 4, 5, 6]);
    layer.bias?.write([10, 20]);
    return layer;
  };

  test("x of one axis", async () => {
    expect(await resultOf(linear().forward(tensor([1, 0, -1])))).toEqual({ shape: [2], values: [8, 18] });
  });

  test("x of two axes", async () => {
    const y = linear().forward(counting([2, 3]));
    expect(await resultOf(y)).toEqual({ shape: [2, 2], values: [18, 37, 36, 82] });
  });

  test("x of three axes", async () => {
    const y = linear().forward(counting([2, 1, 3]));
    expect(await resultOf(y)).toEqual({ shape: [2, 1, 2], values: [18, 37, 36, 82] });
  });

  test("without bias", async () => {
    const layer = new nn.Linear(3, 2, { bias: false });
    layer.weight.write([1, 2, 3, 4, 5, 6]);
    expect(await resultOf(layer.forward(tensor([1, 1, 1])))).toEqual({ shape: [2], values: [6, 15] });
    expect([...layer.stateDict().keys()]).toEqual(["weight"]);
  });
});

describe("Conv2d", () => {
  const box = (options: nn.Conv2dOptions, channels = 1) => {
    const layer = new nn.Conv2d(channels, channels, 3, options);
    layer.weight.write(new Float32Array(layer.weight.size).fill(1));
    layer.bias?.write(new Float32Array(channels).fill(100));
    return layer;
  };
  const x = () => ones([1, 1, 3, 4]);
  const padded = [104, 106, 106, 104, 106, 109, 109, 106, 104, 106, 106, 104];

  test("by default without padding", async () => {
    expect(await resultOf(box({}).forward(x()))).toEqual({ shape: [1, 1, 1, 2], values: [109, 109] });
    expect(await resultOf(box({ padding: "valid" }).forward(x()))).toEqual({
      shape: [1, 1, 1, 2],
      values: [109, 109],
    });
  });

  test('"same" keeps the size, as padding by one does', async () => {
    for (const padding of ["same", 1, [1, 1]] as const) {
      expect(await resultOf(box({ padding }).forward(x()))).toEqual({ shape: [1, 1, 3, 4], values: padded });
    }
  });

  test('"same" with dilation', async () => {
    const y = box({ padding: "same", dilation: 2, bias: false }).forward(ones([1, 1, 5, 5]));
    const { shape, values } = await resultOf(y);
    expect(shape).toEqual([1, 1, 5, 5]);
    expect(values.slice(0, 5)).toEqual([4, 4, 6, 4, 4]);
    expect(values.slice(10, 15)).toEqual([6, 6, 9, 6, 6]);
  });

  test("stride and padding by axis", async () => {
    const y = box({ stride: [2, 1], padding: [1, 0] }).forward(x());
    expect(await resultOf(y)).toEqual({ shape: [1, 1, 2, 2], values: [106, 106, 106, 106] });
  });

  test("groups see their own channels alone", async () => {
    const layer = box({ groups: 2, bias: false }, 2);
    expect(layer.weight.shape).toEqual([2, 1, 3, 3]);
    const y = layer.forward(tensor([...new Array(9).fill(1), ...new Array(9).fill(2)], [1, 2, 3, 3]));
    expect(await resultOf(y)).toEqual({ shape: [1, 2, 1, 1], values: [9, 18] });
  });
});

test("MaxPool2d", async () => {
  const x = counting([1, 1, 4, 4]);
  expect(await resultOf(new nn.MaxPool2d(2).forward(x))).toEqual({
    shape: [1, 1, 2, 2],
    values: [5, 7, 13, 15],
  });
  expect((await resultOf(new nn.MaxPool2d(2, { stride: 1 }).forward(x))).values).toEqual([
    5, 6, 7, 9, 10, 11, 13, 14, 15,
  ]);
  expect((await resultOf(new nn.MaxPool2d(2, { dilation: 2, stride: 1 }).forward(x))).values).toEqual([
    10, 11, 14, 15,
  ]);
  expect((await resultOf(new nn.MaxPool2d(2, { padding: 1 }).forward(x))).values).toEqual([
    0, 2, 3, 8, 10, 11, 12, 14, 15,
  ]);
});

test("AvgPool2d", async () => {
  const x = counting([1, 1, 4, 4]);
  expect(await resultOf(new nn.AvgPool2d(2).forward(x))).toEqual({
    shape: [1, 1, 2, 2],
    values: [2.5, 4.5, 10.5, 12.5],
  });
  const corner = ones([1, 1, 2, 2]);
  expect((await resultOf(new nn.AvgPool2d(2, { padding: 1 }).forward(corner))).values).toEqual([
    0.25, 0.25, 0.25, 0.25,
  ]);
  const inside = new nn.AvgPool2d(2, { padding: 1, countIncludePad: false });
  expect((await resultOf(inside.forward(corner))).values).toEqual([1, 1, 1, 1]);
});

test("Flatten keeps the batch", () => {
  const x = counting([2, 3, 4, 5]);
  expect(new nn.Flatten().forward(x).shape).toEqual([2, 60]);
  expect(new nn.Flatten({ startAxis: 0, endAxis: 2 }).forward(x).shape).toEqual([24, 5]);
});

describe("activations", () => {
  const xs = [-3, -1, -0.5, 0, 0.25, 1, 2];
  /** The normal distribution's mass below x, by the series of its density. */
  const massBelow = (x: number) => {
    let term = x;
    let total = x;
    for (let n = 1; n < 60; n++) {
      term *= (x * x) / (2 * n + 1);
      total += term;
    }
    return 0.5 + (total * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
  };
  const bent = (x: number) => Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3));
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const sumOfExp = xs.reduce((total, x) => total + Math.exp(x), 0);
  const layers: [string, nn.Module, (x: number) => number][] = [
    ["ReLU", new nn.ReLU(), (x) => Math.max(x, 0)],
    ["LeakyReLU", new nn.LeakyReLU(), (x) => (x > 0 ? x : 0.01 * x)],
    ["LeakyReLU with a slope", new nn.LeakyReLU({ negativeSlope: 0.25 }), (x) => (x > 0 ? x : 0.25 * x)],
    ["Tanh", new nn.Tanh(), Math.tanh],
    ["Sigmoid", new nn.Sigmoid(), sigmoid],
    ["GELU", new nn.GELU(), (x) => x * massBelow(x)],
    ["GELU by tanh", new nn.GELU({ approximate: "tanh" }), (x) => 0.5 * x * (1 + bent(x))],
    ["SiLU", new nn.SiLU(), (x) => x * sigmoid(x)],
    ["Softmax", new nn.Softmax(), (x) => Math.exp(x) / sumOfExp],
    ["Identity", new nn.Identity(), (x) => x],
  ];

  test.each(layers)("%s", async (_, layer, expected) => {
    const values = await layer.forward(tensor(xs)).data();
    // The class "transcendental": 2e-6; softmax's bar is wider.
    xs.forEach((x, i) => expect(Math.abs(values[i] - expected(x)), `x = ${x}`).toBeLessThanOrEqual(2e-6));
  });

  test("Softmax along another axis", async () => {
    const y = new nn.Softmax({ axis: 0 }).forward(ones([4, 2]));
    expect([...(await y.data())]).toEqual(new Array(8).fill(0.25));
  });
});

describe("Dropout", () => {
  test("drops in training and scales what remains", async () => {
    manualSeed(1);
    const values = await new nn.Dropout(0.75).forward(ones([4000])).data();
    expect(new Set(values)).toEqual(new Set([0, 4]));
    // 4000 draws of probability 1/4: five standard deviations are 137.
    expect(Math.abs(values.filter((value) => value !== 0).length - 1000)).toBeLessThan(137);
  });

  test("does nothing in evaluation", () => {
    const x = ones([8]);
    expect(new nn.Dropout().eval().forward(x)).toBe(x);
  });

  test("of nothing and of everything", async () => {
    const given = ones([5]);
    expect(new nn.Dropout(0).forward(given)).toBe(given);
    expect([...(await new nn.Dropout(1).forward(ones([5])).data())]).toEqual([0, 0, 0, 0, 0]);
  });

  test("a compiled function keeps the mode in which it was traced", async () => {
    const model = new nn.Sequential(new nn.Dropout(1));
    const train = compile((x: Tensor) => model.train().forward(x));
    const evaluate = compile((x: Tensor) => model.eval().forward(x));
    expect(await train(ones([1])).item()).toBe(0);
    expect(await evaluate(ones([1])).item()).toBe(1);
    expect(await train(ones([1])).item()).toBe(0);
  });
});

test("a plan names the layers of a Sequential", async () => {
  const model = new nn.Sequential(new nn.Linear(2, 2), new nn.Sequential(new nn.Identity(), new nn.Tanh()));
  const run = compile((x: Tensor) => model.forward(x));
  await run(ones([1, 2])).data();
  const [compiled] = run.inspect();
  expect(compiled.printGraph()).toMatch(/matmul.*"0"/);
  expect(compiled.printGraph()).toMatch(/tanh.*"1\.1"/);
});

describe("first values", () => {
  /** Evenly distributed in [-bound, bound]: mean and variance within five standard deviations. */
  async function requireUniform(value: Tensor, bound: number): Promise<void> {
    const values = [...(await value.data())].map((entry) => entry / bound);
    const mean = values.reduce((total, entry) => total + entry, 0) / values.length;
    const variance = values.reduce((total, entry) => total + entry * entry, 0) / values.length;
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(1 + 1e-7);
    // The largest of n falls below this once in 22,000 draws.
    expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(1 - 10 / values.length);
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(1 / 3 / values.length));
    expect(Math.abs(variance - 1 / 3)).toBeLessThan(5 * Math.sqrt(4 / 45 / values.length));
  }

  test("Linear: weight and bias within 1 / sqrt(inFeatures)", async () => {
    manualSeed(3);
    const layer = new nn.Linear(64, 100);
    await requireUniform(layer.weight, 1 / 8);
    await requireUniform(layer.bias ?? expect.fail("no bias"), 1 / 8);
  });

  test("Conv2d: weight and bias within 1 / sqrt(inChannels / groups * kernel area)", async () => {
    manualSeed(4);
    const layer = new nn.Conv2d(8, 50, [2, 5], { groups: 2 });
    await requireUniform(layer.weight, 1 / Math.sqrt(40));
    await requireUniform(layer.bias ?? expect.fail("no bias"), 1 / Math.sqrt(40));
  });

  test("Conv1d and ConvTranspose1d: by what one output, or one input, sees", async () => {
    manualSeed(6);
    await requireUniform(new nn.Conv1d(8, 50, 5, { groups: 2 }).weight, 1 / Math.sqrt(20));
    const transposed = new nn.ConvTranspose1d(50, 8, 5, { groups: 2 });
    expect(transposed.weight.shape).toEqual([50, 4, 5]);
    await requireUniform(transposed.weight, 1 / Math.sqrt(20));
  });

  test("the same seed gives the same values, and no two parameters are alike", async () => {
    const draw = async () => {
      manualSeed(5);
      const layers = [new nn.Linear(3, 3), new nn.Linear(3, 3)];
      return Promise.all(layers.map((layer) => layer.weight.data()));
    };
    const [first, second] = await draw();
    expect(first).not.toEqual(second);
    expect(await draw()).toEqual([first, second]);
  });
});
