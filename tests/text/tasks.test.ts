import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import { range } from "../../src/base/integers.ts";
import { seededRandom } from "../../src/data/seededRandom.ts";
import { addition, counting, reversing, sorting, type TextTask } from "../../src/text/tasks.ts";

const tasks: [name: string, task: TextTask][] = [
  ["addition", addition()],
  ["addition of 4 digits, plain", addition({ digits: 4, order: "plain" })],
  ["sorting", sorting()],
  ["reversing", reversing({ length: 10 })],
  ["counting", counting()],
  ["counting in a long row", counting({ length: 20 })],
];

describe.each(tasks)("%s", (_, task) => {
  const prompts = (() => {
    const random = seededRandom(7);
    return range(0, 500).map(() => task.draw(random));
  })();

  it("has prompts and answers of fixed lengths, of its alphabet alone", () => {
    expect(task.alphabet).toBe([...new Set(task.alphabet)].sort().join(""));
    for (const prompt of prompts) {
      const answer = task.solve(prompt);
      expect([prompt.length, answer.length]).toEqual([task.promptLength, task.answerLength]);
      expect([...(prompt + answer)].every((character) => task.alphabet.includes(character))).toBe(true);
      expect(answer.indexOf("\n")).toBe(answer.length - 1);
    }
    const used = new Set([...prompts, ...prompts.map(task.solve)].join(""));
    expect(used.size).toBeGreaterThanOrEqual(task.alphabet.length - 2); // a letter hardly ever stands 8 or 9 times
  });

  it("takes the right answer and no other", () => {
    for (const prompt of prompts.slice(0, 100)) {
      const answer = task.solve(prompt);
      expect(task.isCorrect(prompt, answer)).toBe(true);
      for (const wrong of [answer.trimEnd(), `${answer}\n`, ` ${answer}`, `0${answer}`, ""])
        expect(task.isCorrect(prompt, wrong)).toBe(false);
    }
  });

  it("keeps about a tenth for testing, and says so of the prompt alone", () => {
    const tests = new Set(prompts.filter((prompt) => task.splitOf(prompt) === "test"));
    const share = tests.size / new Set(prompts).size;
    expect(share).toBeGreaterThan(0.1 - 4 * Math.sqrt((0.1 * 0.9) / 450)); // 4 standard errors
    expect(share).toBeLessThan(0.1 + 4 * Math.sqrt((0.1 * 0.9) / 450));
  });

  it("refuses prompts that are not its own", () => {
    for (const prompt of ["", "x", `${prompts[0]}\n`, ` ${prompts[0]}`, prompts[0].slice(1), "__proto__"]) {
      expect(() => task.isCorrect(prompt, "1\n")).toThrow(UsageError);
      expect(() => task.splitOf(prompt)).toThrow(UsageError);
    }
  });
});

it("the answers are right", () => {
  expect(addition().solve("12+34=")).toBe("640\n");
  expect(addition().solve("99+99=")).toBe("891\n");
  expect(addition().solve("00+07=")).toBe("700\n");
  expect(addition({ order: "plain" }).solve("12+34=")).toBe("046\n");
  expect(addition({ digits: 3 }).solve("999+001=")).toBe("0001\n");
  expect(sorting().solve("314215=")).toBe("112345\n");
  expect(reversing().solve("abcdef=")).toBe("fedcba\n");
  expect(counting().solve("abcaabbbd:b=")).toBe("4\n");
  expect(counting().solve("aaaaaaaaa:d=")).toBe("0\n");
  expect(counting({ length: 12 }).solve("aaaaaaaaaaab:a=")).toBe("11\n");
});

it("every sum of two numbers of two digits is right", () => {
  const task = addition();
  const wrong: string[] = [];
  for (const a of range(0, 100)) {
    for (const b of range(0, 100)) {
      const prompt = `${String(a).padStart(2, "0")}+${String(b).padStart(2, "0")}=`;
      const answer = task.solve(prompt);
      const sum = Number([...answer.trimEnd()].reverse().join(""));
      if (sum !== a + b || task.show(prompt, answer) !== `${a}+${b}=${a + b}`) wrong.push(prompt);
    }
  }
  expect(wrong).toEqual([]);
});

it("a+b and b+a are in the same split, or one would tell the other", () => {
  const task = addition();
  const random = seededRandom(1);
  const isTest = range(0, 300).map(() => {
    const prompt = task.draw(random);
    const twin = `${prompt.slice(3, 5)}+${prompt.slice(0, 2)}=`;
    expect(task.splitOf(twin)).toBe(task.splitOf(prompt));
    return task.splitOf(prompt) === "test";
  });
  expect(new Set(isTest).size).toBe(2);
});

it("a split stays what it was", () => {
  const tests = range(0, 10).filter((a) => addition().splitOf(`1${a}+34=`) === "test");
  expect(tests).toMatchInlineSnapshot(`
    [
      0,
      5,
    ]
  `);
});

it("items are shown as a person would write them", () => {
  expect(addition().show("12+34=", "640\n")).toBe("12+34=46");
  expect(addition().show("05+07=", "x2")).toBe("5+7=x2");
  expect(addition({ order: "plain" }).show("05+07=", "012\n")).toBe("5+7=12");
  expect(sorting({ length: 2 }).show("21=", "12\n")).toBe("21=12");
});

it.each<[make: () => unknown, message: string]>([
  [() => addition({ digits: 0 }), "addition: digits is 0; it must be a whole number from 1 to 7."],
  [() => addition({ testShare: 1 }), "addition: testShare is 1; it must be above 0 and below 1."],
  [() => addition({ testShare: Number.NaN }), "addition: testShare is NaN"],
  [() => sorting({ length: 33 }), "sorting: length is 33; it must be a whole number from 1 to 32."],
  [() => reversing({ length: 1.5 }), "reversing: length is 1.5"],
  [() => counting({ length: 0 }), "counting: length is 0"],
  [() => addition().solve("1+2="), 'addition: the prompt is "1+2="; it must look like "11+22=".'],
])("%o is refused", (make, message) => {
  expect(make).toThrow(UsageError);
  expect(make).toThrow(message);
});
