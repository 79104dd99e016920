// Dropout of channels and for SELU: whole channels fall, what stays is scaled, gradients have the same mask, moments stay.

import { beforeAll, describe, expect, test } from "vitest";
import {
  alphaDropout,
  compile,
  dropout1d,
  dropout2d,
  dropout3d,
  featureAlphaDropout,
  gradients,
  init,
  manualSeed,
  nn,
  ones,
  randn,
  selu,
  sum,
  type Tensor,
  tensor,
} from "../../src/index.ts";

beforeAll(async () => {
  await init();
  manualSeed(7);
});

const list = async (x: Tensor) => Array.from(await x.data());

describe.each([
  { name: "dropout1d", op: dropout1d, shape: [40, 50, 3], channels: 2000 },
  { name: "dropout1d without a batch", op: dropout1d, shape: [2000, 3], channels: 2000 },
  { name: "dropout2d", op: dropout2d, shape: [40, 50, 2, 3], channels: 2000 },
  { name: "dropout3d", op: dropout3d, shape: [40, 50, 1, 2, 3], channels: 2000 },
  { name: "dropout3d without a batch", op: dropout3d, shape: [2000, 3, 2, 1], channels: 2000 },
])("$name", ({ op, shape, channels }) => {
  test("whole channels are 0, the others scaled; the gradient has the same mask", async () => {
    const run = compile((x: Tensor) => {
      const y = op(x, 0.2);
      return { y, dx: gradients(sum(y), [x])[0] };
    });
    const { y, dx } = run(ones(shape));
    const values = await list(y);
    expect(await list(dx)).toEqual(values);
    const inner = values.length / channels;
    const firsts = values.filter((_, i) => i % inner === 0);
    expect(values.every((value, i) => value === firsts[Math.floor(i / inner)])).toBe(true);
    expect(new Set(values)).toEqual(new Set([0, 1.25]));
    const kept = firsts.filter((value) => value > 0).length / channels;
    expect(Math.abs(kept - 0.8)).toBeLessThan(4 * Math.sqrt(0.16 / channels));
  });
});

test("what falls is 0 whatever it was; nothing and everything may fall", async () => {
  const strange = tensor(new Array(64).fill(Number.NaN), [64, 1]);
  const values = await list(dropout1d(strange, 0.5));
  expect(values.some((value) => value === 0)).toBe(true);
  const x = ones([1, 2, 2, 2]);
  expect(dropout2d(x, 0)).toBe(x);
  expect(await list(dropout2d(x, 1))).toEqual(new Array(8).fill(0));
  expect(await list(alphaDropout(x, 1))).toEqual(new Array(8).fill(0));
});

describe("alphaDropout", () => {
  test("mean 0 and deviation 1 stay, and what falls is one number", async () => {
    manualSeed(3);
    const values = await list(alphaDropout(randn([40_000]), 0.3));
    const mean = values.reduce((a, b) => a + b, 0) / 40_000;
    const variance = values.reduce((a, b) => a + b * b, 0) / 40_000;
    expect(Math.abs(mean)).toBeLessThan(4 / 200);
    expect(Math.abs(variance - 1)).toBeLessThan((4 * Math.sqrt(2)) / 200);
    const counts = new Map<number, number>();
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    const [[most, often]] = [...counts].sort((a, b) => b[1] - a[1]);
    // What SELU has for -infinity, scaled and moved: a (1 - p) of it, with a = ((1 - p) (1 + p alpha^2))^-1/2.
    const limit = await selu(tensor([-1000])).item();
    const scale = 1 / Math.sqrt(0.7 * (1 + 0.3 * limit ** 2));
    expect(most).toBeCloseTo(scale * limit * 0.7, 5);
    expect(Math.abs(often / 40_000 - 0.3)).toBeLessThan(4 * Math.sqrt(0.21 / 40_000));
  });

  test("of features: channels fall as one", async () => {
    const values = await list(featureAlphaDropout(ones([500, 2, 4]), 0.5));
    const firsts = values.filter((_, i) => i % 4 === 0);
    expect(values.every((value, i) => value === firsts[Math.floor(i / 4)])).toBe(true);
    expect(new Set(values).size).toBe(2);
  });
});

test("layers drop in training alone", async () => {
  const x = ones([2, 30, 2, 2]);
  const layers = [new nn.Dropout2d(), new nn.AlphaDropout(), new nn.FeatureAlphaDropout()];
  const others = [
    { layer: new nn.Dropout1d(), x: ones([60, 2]) },
    { layer: new nn.Dropout3d(), x: ones([60, 1, 1, 2]) },
  ];
  for (const { layer, x: input } of [...layers.map((layer) => ({ layer, x })), ...others]) {
    expect(new Set(await list(layer.forward(input))).size).toBe(2);
    expect(layer.eval().forward(input)).toBe(input);
  }
});

test("refusals", () => {
  const refused = (run: () => unknown, text: string) => expect(run).toThrow(text);
  const axes2d = "it must be [batch, channels, height, width].";
  refused(() => dropout2d(ones([2, 3, 4])), `dropout2d: x is [2, 3, 4]; ${axes2d}`);
  refused(() => dropout2d(ones([2, 3, 4, 5, 6])), `dropout2d: x is [2, 3, 4, 5, 6]; ${axes2d}`);
  refused(
    () => dropout1d(ones([2])),
    "dropout1d: x is [2]; it must be [batch, channels, length] or [channels, length].",
  );
  refused(
    () => dropout3d(ones([2, 3, 4])),
    "dropout3d: x is [2, 3, 4]; it must be [batch, channels, depth, height, width] or [channels, depth, height, width].",
  );
  refused(
    () => featureAlphaDropout(ones([2])),
    "featureAlphaDropout: x is [2]; it must be [batch, channels, ...sizes].",
  );
  refused(() => dropout1d(ones([2, 3]), -0.5), "dropout1d: p is -0.5; it must be from 0 to 1.");
  refused(() => dropout3d(ones([2, 3, 4, 5]), 1.5), "dropout3d: p is 1.5; it must be from 0 to 1.");
  refused(() => alphaDropout(ones([2]), Number.NaN), "alphaDropout: p is NaN; it must be from 0 to 1.");
  refused(() => featureAlphaDropout(ones([2, 3]), 2), "featureAlphaDropout: p is 2; it must be from 0 to 1.");
  const whole = tensor([1, 2], [1, 2], { dtype: "i32" });
  refused(() => alphaDropout(whole), "alphaDropout: x has dtype i32; it must be f32 or f16.");
  refused(() => dropout1d(whole), "dropout1d: x has dtype i32; it must be f32 or f16.");
});
