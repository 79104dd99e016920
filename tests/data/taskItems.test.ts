import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import { range } from "../../src/base/integers.ts";
import { ignoredLabel, TaskItems } from "../../src/data/taskItems.ts";
import { BytePairTokenizer } from "../../src/text/bytePairTokenizer.ts";
import { CharacterTokenizer } from "../../src/text/characterTokenizer.ts";
import { addition, counting, reversing, sorting } from "../../src/text/tasks.ts";

const task = addition();
const tokenizer = new CharacterTokenizer(task.alphabet);
const train = new TaskItems(task, { split: "train", seed: 3 });
const test = new TaskItems(task, { split: "test", seed: 3 });

describe("TaskItems", () => {
  it("never shows in training what it tests", () => {
    for (const each of [
      addition(),
      sorting({ length: 3 }),
      reversing({ length: 3 }),
      counting({ length: 4 }),
    ]) {
      const seen = new Set(
        range(0, 400).map((i) => new TaskItems(each, { split: "train", seed: i % 3 }).itemAt(i).prompt),
      );
      const tested = new TaskItems(each, { split: "test", seed: 9 }).distinct(20);
      expect(tested.length).toBe(20);
      expect(tested.filter(({ prompt }) => seen.has(prompt))).toEqual([]);
      expect(tested.every(({ prompt, answer }) => each.isCorrect(prompt, answer))).toBe(true);
    }
  });

  it("gives the same item for the same seed and index, in any order", () => {
    const items = range(0, 50).map((index) => train.itemAt(index));
    expect(range(0, 50).map((i) => train.itemAt(49 - i))).toEqual(items.toReversed());
    expect(new Set(items.map(({ prompt }) => prompt)).size).toBeGreaterThan(40);
    const others = range(0, 50).map((index) =>
      new TaskItems(task, { split: "train", seed: 4 }).itemAt(index),
    );
    expect(others).not.toEqual(items);
  });

  it("gives only as many different items as there are", () => {
    const small = addition({ digits: 1, testShare: 0.5 });
    const items = new TaskItems(small, { split: "test" }).distinct(100);
    const all = range(0, 100).filter((i) => small.splitOf(`${Math.floor(i / 10)}+${i % 10}=`) === "test");
    expect(items.length).toBe(all.length);
  });

  it("lays items out in rows: what the model reads, and what it is asked", () => {
    const { tokens, labels } = train.batchAt(5, { batchSize: 2, tokenizer });
    expect([tokens.shape, labels.shape, train.context]).toEqual([[2, 9], [2, 9], 9]);
    const { prompt, answer } = train.itemAt(11);
    expect(tokenizer.decode(tokens.data.subarray(9))).toBe((prompt + answer).slice(0, -1));
    expect([...labels.data.subarray(9, 14)]).toEqual([-100, -100, -100, -100, -100]);
    expect(tokenizer.decode(labels.data.subarray(14))).toBe(answer);
    expect(ignoredLabel).toBe(-100);
    const items = test.distinct(3);
    expect(test.batchOf(items, tokenizer).tokens.shape).toEqual([3, 9]);
  });

  it("goes on at any step", () => {
    const batch = train.batchAt(1000, { batchSize: 8, tokenizer });
    expect(
      new TaskItems(task, { split: "train", seed: 3 }).batchAt(1000, { batchSize: 8, tokenizer }),
    ).toEqual(batch);
    expect(train.batchAt(1001, { batchSize: 8, tokenizer })).not.toEqual(batch);
  });

  it("refuses a tokenizer that does not take one character at a time", async () => {
    const pairs = await BytePairTokenizer.train("+1+1+1", { vocabularySize: 270, minFrequency: 1 });
    const merged = await BytePairTokenizer.train("11 11", { vocabularySize: 257 });
    expect(train.batchAt(0, { batchSize: 4, tokenizer: pairs }).tokens.shape).toEqual([4, 9]);
    const item = { prompt: "11+11=", answer: "220\n" };
    expect(() => train.batchOf([item], merged)).toThrow(
      new UsageError(
        'TaskItems: the tokenizer makes 8 tokens of "11+11=220\\n"; it must make 10, one for each character.',
      ),
    );
  });

  it.each<[make: () => unknown, message: string]>([
    [() => new TaskItems(task, { split: "train", seed: -1 }), "a seed or path number is -1"],
    [() => train.itemAt(-1), "a seed or path number is -1"],
    [
      () => train.batchAt(0.5, { batchSize: 1, tokenizer }),
      "TaskItems: step is 0.5; it must be a whole number from 0.",
    ],
    [
      () => train.batchAt(0, { batchSize: 0, tokenizer }),
      "TaskItems: batchSize is 0; it must be a whole number from 1.",
    ],
    [() => train.distinct(0), "TaskItems: count is 0; it must be a whole number from 1."],
    [
      () => new TaskItems(addition({ digits: 1, testShare: 1e-9 }), { split: "test" }).itemAt(0),
      "TaskItems: of 10000 prompts of addition none is for test; the task must be larger or its testShare another.",
    ],
    [
      () => Reflect.construct(TaskItems, [task, { split: "all" }]),
      'TaskItems: split is all; it must be "train" or "test".',
    ],
  ])("%o is refused", (make, message) => {
    expect(make).toThrow(UsageError);
    expect(make).toThrow(message);
  });
});
