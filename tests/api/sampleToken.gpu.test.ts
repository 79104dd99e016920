// Sampling as pages do it: draws follow the probabilities, begin anew with the seed, and obey knobs without compiling; and
// a step that writes its cache in place.

import { beforeAll, expect, test } from "vitest";
import { sampleToken } from "../../src/api/sampleToken.ts";
import {
  add,
  compile,
  decodeAttention,
  filterLogits,
  indexCopy,
  init,
  manualSeed,
  type Tensor,
  tensor,
  zeros,
} from "../../src/index.ts";

beforeAll(async () => {
  await init();
});

const list = async (x: Tensor) => Array.from(await x.data());
const scalar = (value: number) => tensor([value], []);

/** Pearson's chi-square of 8192 draws from one row of logits. */
async function chiSquare(logits: readonly number[], probabilities: readonly number[]): Promise<number> {
  const batch = 8192;
  const rows = tensor(Array(batch).fill(logits).flat(), [batch, logits.length]);
  const counts = Array(logits.length).fill(0);
  for (const token of await list(sampleToken(rows, { topK: 6, topP: 0.95 }))) counts[token]++;
  return counts.reduce((sum, count, token) => {
    const due = batch * probabilities[token];
    if (due === 0) expect(count).toBe(0);
    return due === 0 ? sum : sum + (count - due) ** 2 / due;
  }, 0);
}

test("draws follow the filtered probabilities", async () => {
  manualSeed(5);
  const logits = [1, 0, 2, -1, 1.5, -3, 0.5, 0.7];
  const probabilities = await list(filterLogits(tensor(logits), { topK: 6, topP: 0.95 }));
  expect(probabilities.filter((p) => p > 0)).toHaveLength(6);
  // 5 degrees of freedom: above 20.5 one time in a thousand.
  expect(await chiSquare(logits, probabilities)).toBeLessThan(20.5);
});

test("a seed starts the same draws again, compiled and not; each call draws anew", async () => {
  const logits = tensor(new Float32Array(64 * 50), [64, 50]);
  const step = compile((x: Tensor) => sampleToken(x));
  const draw = async () => {
    manualSeed(11);
    return Promise.all([step(logits), step(logits), sampleToken(logits), sampleToken(logits)].map(list));
  };
  const first = await draw();
  expect(await draw()).toEqual(first);
  expect(new Set(first.map(String)).size).toBe(4);
});

test("knobs are data: turning them compiles nothing", async () => {
  const logits = tensor([0, 1, 2, 3, 4, 5]);
  const history = tensor(Int32Array.of(5, 5, 4, 0), [4]);
  const step = compile((temperature: Tensor, topK: Tensor, topP: Tensor, penalty: Tensor, length: Tensor) => {
    const knobs = { temperature, topK, topP, repetitionPenalty: penalty, history, historyLength: length };
    return { token: sampleToken(logits, knobs), probabilities: filterLogits(logits, knobs) };
  });
  const whole = (value: number) => tensor(Int32Array.of(value), []);
  const run = async (temperature: number, k: number, p: number, penalty: number, length: number) => {
    const { token, probabilities } = step(
      scalar(temperature),
      whole(k),
      scalar(p),
      scalar(penalty),
      whole(length),
    );
    const kept = (await list(probabilities)).flatMap((value, index) => (value > 0 ? [index] : []));
    expect(kept).toContain(await token.item());
    return kept;
  };
  expect(await run(1, 6, 1, 1, 4)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(await run(1, 2, 1, 1, 4)).toEqual([4, 5]);
  expect(await run(1, 6, 0.8, 1, 4)).toEqual([4, 5]);
  expect(await run(0, 6, 1, 1, 4)).toEqual([5]);
  // 5 and 4 become 1 and 0.8; of the history's first entry alone 5 becomes 1.
  expect(await run(1, 2, 1, 5, 4)).toEqual([2, 3]);
  expect(await run(1, 2, 1, 5, 1)).toEqual([3, 4]);
  expect(step.inspect()).toHaveLength(1);
});

test("a decoding step writes its cache in place and attends to what is there", async () => {
  const capacity = 200;
  const shape = [1, 2, capacity, 4];
  const keys = zeros(shape);
  const values = zeros(shape);
  const position = tensor(Int32Array.of(0), [1]);
  const step = compile((key: Tensor, value: Tensor) => {
    const allKeys = indexCopy(keys, 2, position, key);
    const allValues = indexCopy(values, 2, position, value);
    const seen = add(position, 1);
    keys.assign(allKeys);
    values.assign(allValues);
    position.assign(seen);
    return decodeAttention(key, allKeys, allValues, { lengths: seen });
  });
  let last: number[] = [];
  for (let t = 0; t < 3; t++) {
    const value = Array(8).fill(t);
    last = await list(step(zeros([1, 2, 1, 4]), tensor(value, [1, 2, 1, 4])));
  }
  expect(last).toEqual(Array(8).fill(1)); // the mean of 0, 1 and 2
  expect(await list(position)).toEqual([3]);
  const cached = await list(values);
  expect([0, 1, 2, 3].map((t) => [cached[4 * t], cached[4 * (capacity + t)]])).toEqual([
    [0, 0],
    [1, 1],
    [2, 2],
    [0, 0],
  ]);
  // No copy of a cache, neither as a dispatch nor as memory.
  const [{ plan }] = step.inspect();
  expect(plan.dispatches.filter(({ label }) => label.startsWith("copy/"))).toEqual([]);
  expect(plan.ownBytes).toBeLessThan(4 * 2 * capacity * 4);
});
