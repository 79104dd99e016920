// Random tensors: each distribution by the test of Kolmogorov and Smirnov and by its moments, the ends of its range, the same
// bits from both kernel profiles, new ones for another seed.

import { beforeAll, describe, expect, test } from "vitest";
import {
  bernoulli,
  compile,
  type Engine,
  exponential,
  gumbel,
  manualSeed,
  multinomial,
  normal,
  rand,
  randint,
  randn,
  randperm,
  type Tensor,
  tensor,
  truncatedNormal,
  UsageError,
  uniform,
} from "../../src/index.ts";
import { erfFloat64 } from "../../src/ops/erf.ts";
import { sharedEngines } from "../ops/gpuCase.ts";
import { kolmogorovSmirnov } from "../setup/kolmogorovSmirnov.ts";

let engine: Engine;
let engines: { readonly gpu: Engine; readonly fallback: Engine };

beforeAll(async () => {
  engines = await sharedEngines();
  engine = engines.gpu;
});

const list = async (x: Tensor) => Array.from(await x.data());
const count = 20_000;
const phi = (x: number) => (1 + erfFloat64(x / Math.SQRT2)) / 2;

interface Distribution {
  readonly name: string;
  readonly draw: (on: Engine) => Tensor;
  readonly mean: number;
  readonly variance: number;
  readonly below: (x: number) => number;
  readonly range: readonly [number, number];
}

const between = (x: number, low: number, high: number) => Math.min(high, Math.max(low, x));
/** Of the normal distribution between -1.5 and 0.5 deviations. */
const [left, right] = [phi(-1.5), phi(0.5)];
const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
const shift = (density(-1.5) - density(0.5)) / (right - left);
const shrink = 1 + (-1.5 * density(-1.5) - 0.5 * density(0.5)) / (right - left) - shift ** 2;

const distributions: readonly Distribution[] = [
  {
    name: "rand",
    draw: (on) => rand([count], { engine: on }),
    mean: 0.5,
    variance: 1 / 12,
    below: (x) => between(x, 0, 1),
    range: [0, 1 - 2 ** -24],
  },
  {
    name: "uniform",
    draw: (on) => uniform([count], { low: -2, high: 5, engine: on }),
    mean: 1.5,
    variance: 49 / 12,
    below: (x) => between((x + 2) / 7, 0, 1),
    range: [-2, 5],
  },
  {
    name: "randn",
    draw: (on) => randn([100, count / 100], { engine: on }),
    mean: 0,
    variance: 1,
    below: phi,
    range: [-5.42, 5.42],
  },
  {
    name: "normal",
    draw: (on) => normal([count], { mean: -3, std: 0.5, engine: on }),
    mean: -3,
    variance: 0.25,
    below: (x) => phi((x + 3) / 0.5),
    range: [-5.71, -0.29],
  },
  {
    name: "truncatedNormal",
    draw: (on) => truncatedNormal([count], { mean: 1, std: 2, a: -2, b: 2, engine: on }),
    mean: 1 + 2 * shift,
    variance: 4 * shrink,
    below: (x) => (phi((x - 1) / 2) - left) / (right - left),
    range: [-2, 2],
  },
  {
    name: "exponential",
    draw: (on) => exponential([count], { rate: 2.5, engine: on }),
    mean: 1 / 2.5,
    variance: 1 / 2.5 ** 2,
    below: (x) => 1 - Math.exp(-2.5 * x),
    range: [2 ** -27, 6.7],
  },
  {
    name: "gumbel",
    draw: (on) => gumbel([count], { loc: 2, scale: 3, engine: on }),
    mean: 2 + 3 * 0.5772156649015329,
    variance: (9 * Math.PI ** 2) / 6,
    below: (x) => Math.exp(-Math.exp(-(x - 2) / 3)),
    range: [-6.5, 54],
  },
];

describe.each(distributions)("$name", ({ draw, mean, variance, below, range }) => {
  test("is distributed as it says, alike in both profiles, and otherwise for another seed", async () => {
    for (const on of Object.values(engines)) manualSeed(3, on);
    const values = await list(draw(engine));
    expect(await list(draw(engines.fallback))).toEqual(values);
    // The seed is fixed: it is one for which chance alone would often be farther off.
    expect(kolmogorovSmirnov(values, below).probability).toBeGreaterThan(0.02);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(range[0]);
    expect(Math.max(...values)).toBeLessThanOrEqual(range[1]);
    const average = values.reduce((a, b) => a + b, 0) / count;
    const deviations = values.map((value) => (value - average) ** 2);
    const spread = deviations.reduce((a, b) => a + b, 0) / count;
    const fourth = deviations.reduce((a, b) => a + b * b, 0) / count;
    // Four standard errors.
    expect(Math.abs(average - mean)).toBeLessThan(4 * Math.sqrt(variance / count));
    expect(Math.abs(spread - variance)).toBeLessThan(4 * Math.sqrt((fourth - spread ** 2) / count));
    manualSeed(4, engine);
    const other = await list(draw(engine));
    const product = values.reduce((sum, value, i) => sum + (value - mean) * (other[i] - mean), 0) / count;
    expect(Math.abs(product)).toBeLessThan((4 * variance) / Math.sqrt(count));
  });
});

test("randn has the tails that are due", async () => {
  manualSeed(1, engine);
  const values = await list(randn([400_000], { engine }));
  const beyond = values.filter((value) => Math.abs(value) > 4).length;
  // 25.3 are due.
  expect(Math.abs(beyond - 25.3)).toBeLessThan(4 * Math.sqrt(25.3));
  expect(values.every(Number.isFinite)).toBe(true);
});

test("randint: all numbers of a range, evenly, and no others; ranges as wide as i32", async () => {
  manualSeed(1, engine);
  const values = await list(randint(-3, 7, [count], { engine }));
  const counts = Array.from({ length: 10 }, (_, i) => values.filter((value) => value === i - 3).length);
  expect(counts.reduce((a, b) => a + b, 0)).toBe(count);
  const chiSquare = counts.reduce((sum, one) => sum + (one - count / 10) ** 2 / (count / 10), 0);
  // 9 degrees of freedom: above 23.6 one time in two hundred.
  expect(chiSquare).toBeLessThan(23.6);
  const wide = await list(randint(-(2 ** 31), 2 ** 31 - 1, [2000], { engine }));
  expect(kolmogorovSmirnov(wide, (x) => (x + 2 ** 31) / 2 ** 32).probability).toBeGreaterThan(0.02);
});

test("randperm: every number once, in an order that is new at each call of a compiled function", async () => {
  const run = compile(() => randperm(1000, { engine }), { engine });
  const orders = [await list(run()), await list(run())];
  for (const order of orders) {
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    // How far apart the numbers of places next to each other are: 1/3 of all, on the average.
    const steps = order.slice(1).map((value, i) => Math.abs(value - order[i]));
    expect(Math.abs(steps.reduce((a, b) => a + b, 0) / 999 / 1000 - 1 / 3)).toBeLessThan(0.04);
  }
  expect(orders[0].filter((value, i) => value === orders[1][i]).length).toBeLessThan(8);
  expect(await list(randperm(0, { engine }))).toEqual([]);
});

test("bernoulli: as often true as p says", async () => {
  manualSeed(1, engine);
  const values = await list(bernoulli([count], 0.3, { engine }));
  const share = values.filter((value) => value === 1).length / count;
  expect(Math.abs(share - 0.3)).toBeLessThan(4 * Math.sqrt(0.21 / count));
  expect(new Set(values)).toEqual(new Set([0, 1]));
});

test("bernoulli of a tensor: each element by its own probability, in its dtype", async () => {
  manualSeed(2, engine);
  const wanted = [0, 0.1, 0.5, 1, Number.NaN, -1, 2];
  const p = tensor(
    Array.from({ length: 7000 }, (_, i) => wanted[i % 7]),
    [1000, 7],
    { engine },
  );
  const drawn = bernoulli(p);
  expect([drawn.shape, drawn.dtype]).toEqual([[1000, 7], "f32"]);
  const values = await list(drawn);
  const shares = wanted.map((_, k) => values.filter((value, i) => i % 7 === k && value === 1).length / 1000);
  expect([shares[0], ...shares.slice(3)]).toEqual([0, 1, 0, 0, 1]);
  expect(Math.abs(shares[1] - 0.1)).toBeLessThan(4 * Math.sqrt(0.09 / 1000));
  expect(Math.abs(shares[2] - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / 1000));
});

describe("multinomial", () => {
  const weights = [1, 0, 3, 2, 4];

  test("with replacement: as often as the weights say, row by row", async () => {
    manualSeed(3, engine);
    const rows = tensor([...weights, ...[5, 5, 0, 0, 0]], [2, 5], { engine });
    const values = await list(multinomial(rows, 10_000, { replacement: true }));
    const share = (row: number, index: number) =>
      values.slice(row * 10_000, (row + 1) * 10_000).filter((value) => value === index).length / 10_000;
    const due = [...weights.map((w) => w / 10), 0.5, 0.5, 0, 0, 0];
    due.forEach((p, at) => {
      const error = Math.abs(share(Math.floor(at / 5), at % 5) - p);
      expect(error, `index ${at}`).toBeLessThanOrEqual(4 * Math.sqrt((p * (1 - p)) / 10_000));
    });
  });

  test("without: none twice, the first as the weights say, the second as they say of the rest", async () => {
    manualSeed(5, engine);
    const rows = tensor(
      Array.from({ length: 5 * 4000 }, (_, i) => weights[i % 5]),
      [4000, 5],
      { engine },
    );
    const values = await list(multinomial(rows, 5));
    const picks = Array.from({ length: 4000 }, (_, row) => values.slice(5 * row, 5 * row + 5));
    expect(picks.every(([a, b, c, d, e]) => new Set([a, b, c, d]).size === 4 && e === -1)).toBe(true);
    const pairs = [0, 2, 3, 4].flatMap((a) => [0, 2, 3, 4].flatMap((b) => (a === b ? [] : [[a, b]])));
    const chiSquare = pairs.reduce((sum, [a, b]) => {
      const due = (4000 * (weights[a] / 10) * weights[b]) / (10 - weights[a]);
      return sum + (picks.filter((pick) => pick[0] === a && pick[1] === b).length - due) ** 2 / due;
    }, 0);
    // 11 degrees of freedom: above 26.8 one time in two hundred.
    expect(chiSquare).toBeLessThan(26.8);
  });

  test("nothing to be drawn is -1", async () => {
    const rows = tensor([0, 0, Number.NaN, 1, 0, 3], [3, 2], { engine });
    const again = await list(multinomial(rows, 2, { replacement: true }));
    expect(again).toEqual([-1, -1, -1, -1, 1, 1]);
    expect((await list(multinomial(tensor([0, 2], [2], { engine }), 2))).sort()).toEqual([-1, 1]);
  });
});

describe("refusals", () => {
  const on = () => ({ engine });
  const weights = () => tensor([1, 2], [2], { engine });
  const nan = Number.NaN;
  const cases: readonly (readonly [run: () => unknown, text: string])[] = [
    [() => rand([2, -1], on()), "rand: shape [2, -1] has size -1; sizes must be whole numbers >= 0."],
    [() => uniform([2], { low: nan, ...on() }), "uniform: low is NaN; it must be a finite number."],
    [
      () => uniform([2], { high: Infinity, ...on() }),
      "uniform: high is Infinity; it must be a finite number.",
    ],
    [() => uniform([2], { low: 2, ...on() }), "uniform: high is 1; it must be at least 2."],
    [() => normal([2], { std: -1, ...on() }), "normal: std is -1; it must be at least 0."],
    [() => normal([2], { mean: nan, ...on() }), "normal: mean is NaN; it must be a finite number."],
    [() => randn([1.5], on()), "randn: shape [1.5] has size 1.5; sizes must be whole numbers >= 0."],
    [() => truncatedNormal([2], { std: 0, ...on() }), "truncatedNormal: std is 0; it must be above 0."],
    [
      () => truncatedNormal([2], { mean: nan, ...on() }),
      "truncatedNormal: mean is NaN; it must be a finite number.",
    ],
    [
      () => truncatedNormal([2], { a: 2, b: 2, ...on() }),
      "truncatedNormal: a is 2 and b is 2; a must be below b.",
    ],
    [
      () => truncatedNormal([2], { b: nan, ...on() }),
      "truncatedNormal: a is -2 and b is NaN; a must be below b.",
    ],
    [
      () => truncatedNormal([-1], on()),
      "truncatedNormal: shape [-1] has size -1; sizes must be whole numbers >= 0.",
    ],
    [() => exponential([2], { rate: 0, ...on() }), "exponential: rate is 0; it must be above 0."],
    [() => exponential([2], { rate: nan, ...on() }), "exponential: rate is NaN; it must be a finite number."],
    [() => gumbel([2], { scale: -2, ...on() }), "gumbel: scale is -2; it must be above 0."],
    [() => gumbel([2], { loc: Infinity, ...on() }), "gumbel: loc is Infinity; it must be a finite number."],
    [() => randint(3, 3, [2], on()), "randint: high is 3; it must be a whole number from 4 to 2147483647."],
    [
      () => randint(0.5, 3, [2], on()),
      "randint: low is 0.5; it must be a whole number from -2147483648 to 2147483646.",
    ],
    [
      () => randint(0, nan, [2], on()),
      "randint: high is NaN; it must be a whole number from 1 to 2147483647.",
    ],
    [
      () => randint(0, 2 ** 32, [2], on()),
      "randint: high is 4294967296; it must be a whole number from 1 to 2147483647.",
    ],
    [() => randint(0, 2, [-2], on()), "randint: shape [-2] has size -2; sizes must be whole numbers >= 0."],
    [() => randperm(-1, on()), "randperm: count is -1; it must be a whole number from 0 to 2147483647."],
    [() => randperm(2.5, on()), "randperm: count is 2.5; it must be a whole number from 0 to 2147483647."],
    [() => multinomial(weights(), 3), "multinomial: numSamples is 3; it must be a whole number from 1 to 2."],
    [
      () => multinomial(weights(), nan),
      "multinomial: numSamples is NaN; it must be a whole number from 1 to 2.",
    ],
    [
      () => multinomial(weights(), 0, { replacement: true }),
      "multinomial: numSamples is 0; it must be a whole number from 1 to 2147483647.",
    ],
    [
      () => multinomial(tensor([], [2, 0], on()), 1),
      "multinomial: probabilities are [2, 0]; they must be [batch, n] or [n], with n at least 1.",
    ],
    [
      () => multinomial(tensor([1], [1, 1, 1], on()), 1),
      "multinomial: probabilities are [1, 1, 1]; they must be [batch, n] or [n], with n at least 1.",
    ],
    [
      () => multinomial(tensor([1, 2], [2], { dtype: "i32", engine }), 1),
      "multinomial: probabilities has dtype i32; it must be f32 or f16.",
    ],
    [() => bernoulli([2], nan, on()), "bernoulli: p is NaN; it must be from 0 to 1."],
    [
      () => bernoulli(tensor([1, 0], [2], { dtype: "i32", engine })),
      "bernoulli: p has dtype i32; it must be f32 or f16.",
    ],
  ];

  test("say what is wrong", () => {
    for (const [run, text] of cases) {
      let caught: unknown;
      try {
        run();
      } catch (error) {
        caught = error;
      }
      expect(caught, text).toBeInstanceOf(UsageError);
      expect(caught).toHaveProperty("message", text);
    }
  });
});
