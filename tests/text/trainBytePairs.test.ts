import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import { seededRandom } from "../../src/data/seededRandom.ts";
import { BinaryHeap } from "../../src/text/binaryHeap.ts";
import { BytePairTokenizer } from "../../src/text/bytePairTokenizer.ts";
import { preTokenize } from "../../src/text/preTokenize.ts";
import { encodeWtf8 } from "../../src/text/wtf8.ts";
import { randomText } from "./randomText.ts";

/** GPT-2's pattern as it was published, with \s as Unicode has it. */
const published =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

describe("preTokenize", () => {
  it.each([
    ["Hello world", ["Hello", " world"]],
    ["don't we'll I'D", ["don", "'t", " we", "'ll", " I", "'", "D"]],
    ["a  b   c", ["a", " ", " b", "  ", " c"]],
    ["in 2024!! ok", ["in", " 2024", "!!", " ok"]],
    ["x\n\n y \n", ["x", "\n\n", " y", " \n"]],
    ["é😀 😀日", ["é", "😀", " 😀", "日"]],
    ["\ud800a", ["\ud800", "a"]],
    ["", []],
  ])("cuts %j", (text, pieces) => {
    expect([...preTokenize(text)]).toEqual(pieces);
  });

  it("cuts as the published pattern does", () => {
    for (let seed = 0; seed < 500; seed++) {
      const text = randomText(seed, 40);
      expect([...preTokenize(text)], JSON.stringify(text)).toEqual(text.match(published));
    }
  });
});

it("BinaryHeap gives back its items in order", () => {
  const random = seededRandom(1);
  const heap = new BinaryHeap<number>((a, b) => a < b);
  const left: number[] = [];
  for (let i = 0; i < 2000; i++) {
    if (random() < 0.6) {
      const item = Math.floor(random() * 100);
      heap.add(item);
      left.push(item);
    } else {
      left.sort((a, b) => a - b);
      expect(heap.take()).toBe(left.shift());
    }
  }
});

/** Training as it is defined: everything is counted anew for each merge. */
function trainSlowly(text: string, merges: number, minFrequency: number): string[] {
  const pieces = [...preTokenize(text)].map((piece) => Array.from(encodeWtf8(piece), (byte) => [byte]));
  const names = Array.from({ length: 256 }, (_, byte) => `${byte}`);
  const done: string[] = [];
  while (done.length < merges) {
    const counts = new Map<string, number>();
    for (const piece of pieces) {
      for (let i = 1; i < piece.length; i++) {
        const pair = `${piece[i - 1]} ${piece[i]}`;
        counts.set(pair, (counts.get(pair) ?? 0) + 1);
      }
    }
    const ids = (pair: string) => pair.split(" ").map((name) => names.indexOf(name));
    const [best] = [...counts].sort(
      ([a, countA], [b, countB]) => countB - countA || ids(a)[0] - ids(b)[0] || ids(a)[1] - ids(b)[1],
    );
    if (best === undefined || best[1] < minFrequency) break;
    const [left, right] = best[0].split(" ");
    if (!names.includes(`${left},${right}`)) names.push(`${left},${right}`);
    if (!done.includes(best[0])) done.push(best[0]);
    for (const piece of pieces) {
      for (let i = 0; i + 1 < piece.length; i++) {
        if (`${piece[i]}` === left && `${piece[i + 1]}` === right)
          piece.splice(i, 2, [...piece[i], ...piece[i + 1]]);
      }
    }
  }
  return done;
}

function mergesOf(tokenizer: BytePairTokenizer): string[] {
  const { tokens, merges } = tokenizer.parts;
  return merges.map(({ left, right }) => `${tokens[left]} ${tokens[right]}`);
}

describe("BytePairTokenizer.train", () => {
  it("merges the most frequent pair, of equals the one with the smaller tokens", async () => {
    const train = (text: string, vocabularySize: number) => BytePairTokenizer.train(text, { vocabularySize });
    expect(mergesOf(await train("abab abab", 258))).toEqual(["97 98", "97,98 97,98"]);
    expect(mergesOf(await train("zy-zy-ba-ba", 257))).toEqual(["98 97"]);
    expect(mergesOf(await train("bc-bc-ba-ba", 257))).toEqual(["98 97"]);
    expect(mergesOf(await train("aaa", 300))).toEqual(["97 97"]);
  });

  it.each(["abcab", "ab", "aab c"])(
    "merges as counting anew would, on random texts of %j",
    async (letters) => {
      for (let seed = 0; seed < 8; seed++) {
        const random = seededRandom(seed);
        const text = Array.from({ length: 300 }, () => letters[Math.floor(random() * letters.length)]).join(
          "",
        );
        const tokenizer = await BytePairTokenizer.train(text, { vocabularySize: 300, minFrequency: 3 });
        const slow = trainSlowly(text, tokenizer.parts.merges.length, 3);
        expect(mergesOf(tokenizer)).toEqual(slow);
        expect(slow.length).toBeGreaterThan(10);
      }
    },
  );

  it("makes no token in two ways", async () => {
    const text = Array.from({ length: 30 }, (_, seed) => randomText(seed, 40)).join("");
    const { tokens, merges } = (await BytePairTokenizer.train(text, { vocabularySize: 1200 })).parts;
    expect(new Set(tokens.map(String)).size).toBe(tokens.length);
    expect(merges.map(({ result }) => result)).toEqual(merges.map((_, i) => 256 + i));
  });

  it("stops where no pair is frequent enough", async () => {
    const sizes = [1, 2, 3].map(async (minFrequency) => {
      const { vocabularySize } = await BytePairTokenizer.train("abc abd", {
        vocabularySize: 300,
        minFrequency,
      });
      return vocabularySize;
    });
    expect(await Promise.all(sizes)).toEqual([260, 257, 256]);
    expect((await BytePairTokenizer.train("", { vocabularySize: 300 })).vocabularySize).toBe(256);
  });

  it("makes no token longer than 1024 bytes", async () => {
    const { parts } = await BytePairTokenizer.train("a".repeat(10_000), { vocabularySize: 400 });
    expect(Math.max(...parts.tokens.map(({ length }) => length))).toBe(1024);
  });

  it("counts special tokens, cuts the text at them, and puts them last", async () => {
    const text = "ab<|end|>".repeat(20);
    const tokenizer = await BytePairTokenizer.train(text, {
      vocabularySize: 400,
      specialTokens: ["<|end|>", "<|pad|>"],
    });
    expect(tokenizer.parts.tokens.slice(256).map((bytes) => String.fromCharCode(...bytes))).toEqual([
      "ab",
      "<|end|>",
      "<|pad|>",
    ]);
    expect([...tokenizer.specialTokens]).toEqual([
      ["<|end|>", 257],
      ["<|pad|>", 258],
    ]);
  });

  it("gives way to the event loop, reports and stops when asked", async () => {
    const text = Array.from({ length: 60 }, (_, seed) => randomText(seed, 400)).join("");
    const controller = new AbortController();
    const reason = new Error("enough");
    let reports = 0;
    const training = BytePairTokenizer.train(text, {
      vocabularySize: 4000,
      minFrequency: 1,
      signal: controller.signal,
      onProgress({ tokens, vocabularySize }) {
        expect(tokens).toBeLessThanOrEqual(vocabularySize);
        if (++reports === 2) controller.abort(reason);
      },
    });
    await expect(training).rejects.toBe(reason);
    expect(reports).toBe(2);
    const early = BytePairTokenizer.train(text, { vocabularySize: 300, signal: AbortSignal.abort(reason) });
    await expect(early).rejects.toBe(reason);
  });

  it("reports the end", async () => {
    const seen: number[] = [];
    await BytePairTokenizer.train("abab", {
      vocabularySize: 257,
      onProgress: ({ tokens }) => seen.push(tokens),
    });
    expect(seen.at(-1)).toBe(257);
  });

  it.each<[options: Parameters<typeof BytePairTokenizer.train>[1], message: string]>([
    [{ vocabularySize: 255 }, "vocabularySize is 255; it must be a whole number from 256 to 1000000."],
    [
      { vocabularySize: 256, specialTokens: ["a"] },
      "vocabularySize is 256; it must be a whole number from 257 to",
    ],
    [{ vocabularySize: 300, minFrequency: 0 }, "minFrequency is 0; it must be a whole number from 1"],
    [{ vocabularySize: 300, specialTokens: [""] }, "a special token is empty; it must have a character."],
    [
      { vocabularySize: 300, specialTokens: ["\ud800"] },
      'the special token "\\ud800" has half of a surrogate pair',
    ],
    [
      { vocabularySize: 300, specialTokens: ["x", "x"] },
      'the special token "x" is given twice; they must differ.',
    ],
  ])("refuses %j", async (options, message) => {
    const failed = BytePairTokenizer.train("text", options);
    await expect(failed).rejects.toThrow(UsageError);
    await expect(failed).rejects.toThrow(`BytePairTokenizer.train: ${message}`);
  });
});
