// Small tasks in text whose answers can be checked: addition, sorting, reversing, counting.
//
// Decides: how each is written, one character a token, prompt and answer of fixed lengths so that items fill a
// rectangle; what is right; and which prompts are for testing: a hash of the prompt alone says so, whatever the seed.
// Leaves to others: which prompts are drawn (taskItems.ts of src/data) and what learns them.

import { quoted } from "../base/byteReader.ts";
import { UsageError } from "../base/errors.ts";
import { range } from "../base/integers.ts";
import { requireWhole } from "../base/requireWhole.ts";

export type TaskSplit = "train" | "test";

export interface TaskItem {
  readonly prompt: string;
  /** With the "\n" that ends it. */
  readonly answer: string;
}

export interface TextTask {
  readonly name: string;
  /** Every character that prompts and answers have, in the order of code points. */
  readonly alphabet: string;
  /** Characters of every prompt. */
  readonly promptLength: number;
  /** Characters of every answer, the "\n" at its end included. */
  readonly answerLength: number;
  /** A prompt from random numbers of [0, 1). */
  draw(random: () => number): string;
  /** The one right answer. Throws UsageError where `prompt` is none of this task's. */
  solve(prompt: string): string;
  /** Whether `answer` is the right one, to the character. Throws UsageError where `prompt` is none of this task's. */
  isCorrect(prompt: string, answer: string): boolean;
  /** For what the prompt is used. It depends on the prompt and `testShare` alone, so no seed can mix the two. */
  splitOf(prompt: string): TaskSplit;
  /** An item as a person would write it. */
  show(prompt: string, answer: string): string;
}

export interface TaskOptions {
  /** The share of all prompts that is kept for testing, above 0 and below 1. Default: 0.1. */
  readonly testShare?: number;
}

export interface AdditionOptions extends TaskOptions {
  /** Digits of each number, from 1 to 7. Default: 2. */
  readonly digits?: number;
  /**
   * "reversed" writes the sum with its ones first: each digit then depends on the digits and the carry just written,
   * which a small model learns far sooner. "plain" writes it as people do. Default: "reversed".
   */
  readonly order?: "reversed" | "plain";
}

export interface RowOptions extends TaskOptions {
  /** Characters of the row, from 1 to 32. */
  readonly length?: number;
}

/** What a task says of itself; `makeTask` adds what all have in common. */
interface TaskRule {
  readonly name: string;
  readonly prompt: RegExp;
  /** How prompts look, for messages. */
  readonly example: string;
  readonly alphabet: string;
  readonly testShare: number | undefined;
  readonly draw: (random: () => number) => string;
  readonly answer: (prompt: string) => string;
  /** What decides the split. Default: the prompt. */
  readonly key?: (prompt: string) => string;
  readonly show?: (prompt: string, answer: string) => string;
}

const end = "\n";
const digitCharacters = "0123456789";
const letters = "abcdefghijklmnopqrstuvwxyz";
const countedLetters = "abcd";

/**
 * The sum of two numbers: "12+34=" and "640\n" (046 with its ones first). Numbers have `digits` digits and the sum one
 * more, with zeros in front. a+b and b+a are in the same split. `show` gives "12+34=46".
 * Throws UsageError where an option is out of range.
 */
export function addition({ digits = 2, order = "reversed", testShare }: AdditionOptions = {}): TextTask {
  requireWhole("addition: digits", digits, 1, 7);
  if (order !== "reversed" && order !== "plain") {
    throw new UsageError(`addition: order is ${quoted(String(order))}; it must be "reversed" or "plain".`);
  }
  const inOrder = (sum: string): string => (order === "plain" ? sum : reverse(sum));
  const numbersOf = (prompt: string): string[] => prompt.slice(0, -1).split("+");
  return makeTask({
    name: "addition",
    prompt: new RegExp(`^\\d{${digits}}\\+\\d{${digits}}=$`),
    example: `${"1".repeat(digits)}+${"2".repeat(digits)}=`,
    alphabet: `${end}+=${digitCharacters}`,
    testShare,
    draw: (random) => `${row(random, digitCharacters, digits)}+${row(random, digitCharacters, digits)}=`,
    answer(prompt) {
      const [a, b] = numbersOf(prompt);
      return inOrder(String(Number(a) + Number(b)).padStart(digits + 1, "0"));
    },
    key: (prompt) => numbersOf(prompt).sort().join("+"),
    show(prompt, answer) {
      const [a, b] = numbersOf(prompt).map(Number);
      const sum = answer.endsWith(end) ? answer.slice(0, -1) : answer;
      // What is no number is shown as it stands.
      return `${a}+${b}=${/^\d+$/.test(sum) ? Number(inOrder(sum)) : sum}`;
    },
  });
}

/** The digits of a row from the smallest to the largest: "3142=" and "1234\n". Default length: 6. */
export function sorting({ length = 6, testShare }: RowOptions = {}): TextTask {
  return rowTask("sorting", digitCharacters, length, testShare, (text) => [...text].sort().join(""));
}

/** The letters of a row from the last to the first: "abcd=" and "dcba\n". Default length: 6. */
export function reversing({ length = 6, testShare }: RowOptions = {}): TextTask {
  return rowTask("reversing", letters, length, testShare, reverse);
}

/** How often a letter stands in a row: "abca:a=" and "2\n", with zeros in front where it may have two digits. Default length: 9. */
export function counting({ length = 9, testShare }: RowOptions = {}): TextTask {
  requireWhole("counting: length", length, 1, 32);
  const digits = String(length).length;
  return makeTask({
    name: "counting",
    prompt: new RegExp(`^[${countedLetters}]{${length}}:[${countedLetters}]=$`),
    example: `${"a".repeat(length)}:a=`,
    alphabet: `${end}${digitCharacters}:=${countedLetters}`,
    testShare,
    draw: (random) => `${row(random, countedLetters, length)}:${row(random, countedLetters, 1)}=`,
    answer(prompt) {
      const [text, letter] = prompt.slice(0, -1).split(":");
      return String(text.split(letter).length - 1).padStart(digits, "0");
    },
  });
}

function rowTask(
  name: string,
  characters: string,
  length: number,
  testShare: number | undefined,
  answer: (text: string) => string,
): TextTask {
  requireWhole(`${name}: length`, length, 1, 32);
  return makeTask({
    name,
    prompt: new RegExp(`^[${characters}]{${length}}=$`),
    example: `${characters.slice(0, 1).repeat(length)}=`,
    alphabet: `${end}=${characters}`,
    testShare,
    draw: (random) => `${row(random, characters, length)}=`,
    answer: (prompt) => answer(prompt.slice(0, -1)),
  });
}

function makeTask(rule: TaskRule): TextTask {
  const { name, testShare = 0.1, key = (prompt) => prompt } = rule;
  if (!(testShare > 0 && testShare < 1))
    throw new UsageError(`${name}: testShare is ${testShare}; it must be above 0 and below 1.`);
  const requirePrompt = (prompt: string): void => {
    if (rule.prompt.test(prompt)) return;
    throw new UsageError(
      `${name}: the prompt is ${quoted(String(prompt))}; it must look like ${quoted(rule.example)}.`,
    );
  };
  const solve = (prompt: string): string => {
    requirePrompt(prompt);
    return rule.answer(prompt) + end;
  };
  return {
    name,
    alphabet: [...rule.alphabet].sort().join(""),
    promptLength: rule.example.length,
    answerLength: solve(rule.example).length,
    draw: rule.draw,
    solve,
    isCorrect: (prompt, answer) => answer === solve(prompt),
    splitOf(prompt) {
      requirePrompt(prompt);
      return hash(key(prompt)) < testShare ? "test" : "train";
    },
    show(prompt, answer) {
      requirePrompt(prompt);
      return rule.show?.(prompt, answer) ?? prompt + (answer.endsWith(end) ? answer.slice(0, -1) : answer);
    },
  };
}

function row(random: () => number, characters: string, length: number): string {
  return range(0, length)
    .map(() => characters[Math.floor(random() * characters.length)])
    .join("");
}

function reverse(text: string): string {
  return [...text].reverse().join("");
}

/** A number of [0, 1) for a text: FNV-1a (Fowler, Noll, Vo), then MurmurHash3's mixing (Appleby). */
function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) bits = Math.imul(bits ^ text.charCodeAt(i), 0x01000193);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}
