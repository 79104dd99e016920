// Random numbers: the same bits in WGSL and TypeScript, new ones at every call, the same for a seed.

import { beforeAll, expect, test } from "vitest";
import {
  arange,
  bernoulli,
  compile,
  dropout,
  getRngState,
  gradients,
  hostUniform,
  init,
  manualSeed,
  ones,
  permutation,
  type RngState,
  setRngState,
  sum,
  type Tensor,
  tensor,
  UsageError,
  uniform,
} from "../../src/index.ts";
import { randomUniform, uniformAt } from "../../src/ops/randomUniform.ts";

beforeAll(async () => {
  await init();
  manualSeed(42);
});

const list = async (x: Tensor) => Array.from(await x.data());
const u32 = (value: number) => tensor(Uint32Array.of(value), []);

test("WGSL and TypeScript give the same bits", async () => {
  for (const [seed, stream, step] of [
    [0, 0, 0],
    [42, 7, 3],
    [0xffffffff, 0x80000001, 0xdeadbeef],
  ]) {
    const drawn = await list(
      randomUniform({ seed: u32(seed), stream: u32(stream), step: u32(step) }, [1001]),
    );
    expect(drawn).toEqual(Array.from({ length: 1001 }, (_, index) => uniformAt(seed, stream, step, index)));
  }
});

test("a seed starts the same sequence again, eager, compiled and on the CPU", async () => {
  const draw = compile(() => ({ a: uniform([4]), b: uniform([4]) }));
  const all = async () => {
    manualSeed(9);
    const first = draw();
    const second = draw();
    const drawn = [first.a, first.b, second.a, second.b, uniform([4]), uniform([4])];
    return [...(await Promise.all(drawn.map(list))), Array.from(hostUniform(4, 0, 1))];
  };
  const once = await all();
  expect(await all()).toEqual(once);
  expect(new Set(once.map(String)).size).toBe(once.length);
});

test("a state goes on where it was taken, eager, compiled and on the CPU", async () => {
  const draw = compile(() => uniform([4]));
  const rest = async () => [
    ...(await Promise.all([draw(), uniform([4]), draw(), permutation(9)].map(list))),
    Array.from(hostUniform(4, 0, 1)),
  ];
  manualSeed(7);
  draw();
  uniform([1]);
  const state: RngState = JSON.parse(JSON.stringify(await getRngState()));
  expect(state).toEqual({ seed: 7, step: 1, eagerStreams: 1, hostStreams: 0 });
  const once = await rest();
  manualSeed(8);
  expect(await rest()).not.toEqual(once);
  setRngState(state);
  expect(await rest()).toEqual(once);
  const bad = { ...state, step: 2 ** 32 };
  expect(() => setRngState(bad)).toThrow(
    new UsageError("setRngState: step is 4294967296; it must be a whole number from 0 to 4294967295."),
  );
  expect(await getRngState()).toEqual({ seed: 7, step: 3, eagerStreams: 2, hostStreams: 2 });
});

test("dropout scales what it keeps, and its gradient has the same mask", async () => {
  const step = compile((x: Tensor) => {
    const y = dropout(x, 0.25);
    return { y, dx: gradients(sum(y), [x])[0] };
  });
  const { y, dx } = step(ones([4000]));
  const kept = await list(y);
  expect(await list(dx)).toEqual(kept);
  expect(new Set(kept)).toEqual(new Set([0, Math.fround(4 / 3)]));
  const share = kept.filter((value) => value !== 0).length / 4000;
  expect(Math.abs(share - 0.75)).toBeLessThan(5 * Math.sqrt((0.75 * 0.25) / 4000));
  expect(await list(step(ones([4000])).y)).not.toEqual(kept);
});

test("permutation holds every number once; arange counts", async () => {
  const order = await list(permutation(100));
  expect(order).not.toEqual(Array.from({ length: 100 }, (_, index) => index));
  expect([...order].sort((a, b) => a - b)).toEqual(await list(arange(100)));
});

test("refusals", () => {
  expect(() => manualSeed(-1)).toThrow(
    "manualSeed: seed -1; it must be a whole number from 0 to 4294967295.",
  );
  expect(() => bernoulli([2], 1.5)).toThrow("bernoulli: p is 1.5; it must be from 0 to 1.");
  expect(() => uniform([-2])).toThrow("uniform: shape [-2] has size -2; sizes must be whole numbers >= 0.");
  expect(() => dropout(ones([2]), 1)).toThrow("dropout: p is 1; it must be at least 0 and below 1.");
});
