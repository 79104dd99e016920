// How the fastest of several candidates is found with a noisy clock, and within bounds.

import { expect, test } from "vitest";
import { pickFastest } from "../../src/runtime/pickFastest.ts";

/** Ways that take so long each, in milliseconds, by a clock that makes every third measurement half as long again. */
function ways(eachMs: readonly number[], stepMs = 0) {
  const runs = eachMs.map(() => 0);
  let measured = 0;
  let spentMs = 0;
  const time = async (index: number, repeats: number) => {
    runs[index] += repeats;
    measured += 1;
    const timeMs = eachMs[index] * repeats * (measured % 3 === 0 ? 1.5 : 1);
    spentMs += timeMs;
    return stepMs === 0 ? timeMs : Math.floor(timeMs / stepMs) * stepMs;
  };
  return { time, runs, spentMs: () => spentMs };
}

async function pick(eachMs: readonly number[], stepMs = 0) {
  const { time, runs, spentMs } = ways(eachMs, stepMs);
  const index = await pickFastest(eachMs.length, 4, time);
  return { index, runs, spentMs: spentMs() };
}

test("the fastest wins if it is clearly faster than the default", async () => {
  expect((await pick([1, 0.5, 0.7])).index).toBe(1);
  expect((await pick([1, 1.2, 0.9])).index).toBe(2);
  expect((await pick([0.02, 0.5, 0.015])).index).toBe(2);
});

test("the default stays where it is the best, or nearly so", async () => {
  expect((await pick([1, 1.1, 2])).index).toBe(0);
  expect((await pick([1, 0.96])).index).toBe(0);
  expect((await pick([1, 1, 1, 1])).index).toBe(0);
});

test("kernels shorter than the clock's steps are run often enough to tell them apart", async () => {
  expect((await pick([0.01, 0.007], 0.1)).index).toBe(1);
  expect((await pick([0.01, 0.01], 0.1)).index).toBe(0);
});

test("what is far behind at first sight is not run again", async () => {
  const { index, runs } = await pick([1, 40, 0.8]);
  expect(index).toBe(2);
  expect(runs[1]).toBeLessThan(4);
});

test("the time spent is bounded, also where nothing gives a time", async () => {
  expect((await pick([1, 0.99, 0.98, 0.97, 0.96, 0.95, 0.94, 0.93])).spentMs).toBeLessThan(500);
  expect((await pick([90, 89, 88, 87, 86, 85, 84, 83])).spentMs).toBeLessThan(4500);
  const { index, runs } = await pick([0, 0]);
  expect(index).toBe(0);
  expect(runs[0]).toBeLessThan(100_000);
});

test("a default that takes long by itself is left alone", async () => {
  const { index, runs } = await pick([200, 1]);
  expect(index).toBe(0);
  expect(runs).toEqual([2, 0]);
});
