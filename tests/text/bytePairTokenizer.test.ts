import { beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import { range } from "../../src/base/integers.ts";
import { seededRandom } from "../../src/data/seededRandom.ts";
import { BytePairMerger } from "../../src/text/bytePairMerger.ts";
import { BytePairTokenizer } from "../../src/text/bytePairTokenizer.ts";
import { formatErrorOf, isRejected, mutated } from "../formats/mutations.ts";
import { randomText } from "./randomText.ts";

let tokenizer: BytePairTokenizer;

beforeAll(async () => {
  const text = Array.from({ length: 40 }, (_, seed) => randomText(seed, 100)).join("");
  tokenizer = await BytePairTokenizer.train(text, { vocabularySize: 500, specialTokens: ["<|endoftext|>"] });
});

describe("encode and decode", () => {
  it("give back every string, lone surrogates included", () => {
    for (let seed = 1000; seed < 1500; seed++) {
      const text = randomText(seed, 30);
      const tokens = tokenizer.encode(text);
      expect(tokenizer.decode(tokens)).toBe(text);
      expect(tokens.length).toBeLessThan(new TextEncoder().encode(text).length);
    }
  });

  it("are exact for any row of code units", () => {
    const random = seededRandom(3);
    for (let i = 0; i < 200; i++) {
      const units = range(0, 50).map(() => (random() < 0.5 ? 0xd800 + random() * 0x800 : random() * 0x10000));
      const text = String.fromCharCode(...units);
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    }
  });

  it("take long pieces in their stride", () => {
    for (const unit of ["a", "ab", "😀", " ", "\ud800"]) {
      const text = unit.repeat(20_000);
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    }
  });

  it("keep special tokens apart, unless asked", () => {
    const text = "a<|endoftext|>b";
    const end = tokenizer.specialToken("<|endoftext|>");
    expect(end).toBe(tokenizer.vocabularySize - 1);
    expect([...tokenizer.encode(text)]).not.toContain(end);
    const [a, special, b] = tokenizer.encode(text, { special: true });
    expect([a, special, b]).toEqual([97, end, 98]);
    expect(tokenizer.decode([a, special, b])).toBe(text);
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  });

  it("prefer the longer of two special tokens", async () => {
    const { encode, parts } = await BytePairTokenizer.train("x", {
      vocabularySize: 258,
      specialTokens: ["<a>", "<a>.*"],
    }).then((made) => ({
      parts: made.parts,
      encode: (text: string) => [...made.encode(text, { special: true })],
    }));
    expect(parts.specialTokens.get("<a>.*")).toBe(257);
    expect(encode("<a>.*<a>x<a>.")).toEqual([257, 256, 120, 256, 46]);
  });

  it("show one token", () => {
    expect(tokenizer.tokenText(0xe2)).toBe("<0xE2>");
    expect(tokenizer.tokenText(97)).toBe("a");
    expect(tokenizer.tokenText(tokenizer.vocabularySize - 1)).toBe("<|endoftext|>");
    const bytes = tokenizer.tokenBytes(97);
    bytes[0] = 0;
    expect(tokenizer.tokenText(97)).toBe("a");
  });

  it("refuse tokens that are not of the vocabulary", () => {
    const message = "it must be a whole number from 0 to 499.";
    for (const token of [-1, 500, 0.5, Number.NaN]) {
      expect(() => tokenizer.decode([0, token])).toThrow(
        new UsageError(`BytePairTokenizer.decode: token 1 is ${token}; ${message}`),
      );
      expect(() => tokenizer.tokenText(token)).toThrow(message);
    }
    expect(() => tokenizer.specialToken("<|pad|>")).toThrow(
      'BytePairTokenizer: "<|pad|>" is no special token; there is "<|endoftext|>".',
    );
    // As from JavaScript, where nothing says what a text is.
    expect(() => Reflect.apply(tokenizer.encode, tokenizer, [7])).toThrow(
      "the text is number; it must be a string.",
    );
  });
});

describe("BytePairMerger", () => {
  it("merges the pair whose merge comes first, from the left, whatever else is there", () => {
    const merges = [
      { left: 1, right: 2, result: 5 },
      { left: 2, right: 3, result: 6 },
      { left: 5, right: 5, result: 7 },
      { left: 3, right: 3, result: 8 },
    ];
    const merge = (...tokens: number[]) => [...new BytePairMerger(merges, 9).merge(Int32Array.from(tokens))];
    expect(merge(1, 2, 3)).toEqual([5, 3]);
    expect(merge(2, 3, 1, 2)).toEqual([6, 5]);
    expect(merge(1, 2, 1, 2, 1, 2)).toEqual([7, 5]);
    expect(merge(3, 3, 3)).toEqual([8, 3]);
    expect(merge(4)).toEqual([4]);
    expect(merge()).toEqual([]);
  });

  it("does what merging one pair after another does", () => {
    const { merges } = tokenizer.parts;
    const merger = new BytePairMerger(merges, tokenizer.vocabularySize);
    for (let seed = 0; seed < 60; seed++) {
      const tokens = [...new TextEncoder().encode(randomText(seed, 6))];
      const expected = [...tokens];
      for (;;) {
        const ranks = expected.map((token, i) =>
          merges.findIndex(({ left, right }) => left === token && right === expected[i + 1]),
        );
        const known = ranks.filter((rank) => rank >= 0);
        if (known.length === 0) break;
        const rank = Math.min(...known);
        expected.splice(ranks.indexOf(rank), 2, merges[rank].result);
      }
      expect([...merger.merge(Int32Array.from(tokens))]).toEqual(expected);
    }
  });
});

const bytes = range(0, 256).join();
const savedWith = (merges: string, specialTokens = "[]", byteTokens = bytes) =>
  `{"format":"tilegrad-byte-pairs","version":1,"bytes":[${byteTokens}],"merges":${merges},"specialTokens":${specialTokens}}`;

describe("fromJSON", () => {
  it("gives back what was saved", () => {
    const json = JSON.stringify(tokenizer);
    const again = BytePairTokenizer.fromJSON(json);
    expect(JSON.stringify(again)).toBe(json);
    expect(again.parts).toEqual(tokenizer.parts);
    expect(BytePairTokenizer.fromJSON(new TextEncoder().encode(json)).parts).toEqual(tokenizer.parts);
  });

  it("takes ids in any order, a token made in two ways, and __proto__ as a special token", () => {
    const merges = "[[97,98,257],[257,99,258],[98,99,256],[97,256,258]]";
    const read = BytePairTokenizer.fromJSON(savedWith(merges, '[{"token":259,"text":"__proto__"}]'));
    expect([...read.encode("abc bc __proto__", { special: true })]).toEqual([258, 32, 256, 32, 259]);
    expect("polluted" in {}).toBe(false);
  });

  it.each([
    [
      "a hole",
      savedWith("[[97,98,257],[98,97,258]]"),
      "merges[1] is 258; it must be a whole number from 0 to 257",
    ],
    [
      "a hole that another way to a token hides",
      savedWith("[[97,98,256],[98,99,257],[256,99,259],[97,257,259]]"),
      "there is no token 258; all from 0 to 258 must be there",
    ],
    [
      "an id twice",
      savedWith("[[97,98,256],[98,97,256]]"),
      "merges[1] is the token 256, which is another's; tokens must differ",
    ],
    [
      "bytes twice",
      savedWith("[[97,98,256],[98,99,257],[256,99,258],[97,257,259]]"),
      "merges[3] is the token 259, but 258 has the same bytes; they must differ",
    ],
    [
      "a byte twice",
      savedWith("[]", "[]", bytes.replace(",98,", ",97,")),
      "bytes[98] is the token 97, which is another's",
    ],
    ["bytes that are missing", savedWith("[]", "[]", "0,1"), "bytes has 2 tokens; there must be 256"],
    [
      "an unknown token",
      savedWith("[[97,257,256],[98,99,257]]"),
      "merges[0] merges the token 257, which is not known there",
    ],
    [
      "a merge twice",
      savedWith("[[97,98,256],[97,98,256]]"),
      "merges[1] merges 97 and 98 again; once is allowed",
    ],
    [
      "a merge of two",
      savedWith("[[97,98]]"),
      "merges[0] has 2 numbers; it must have left, right and result",
    ],
    [
      "text for a number",
      savedWith('[["97",98,256]]'),
      "merges[0] is a JSON string; it must be a whole number",
    ],
    [
      "a fraction",
      savedWith("[[97.0,98,256]]"),
      "merges[0] is 97.0; it must be a whole number from 0 to 256",
    ],
    ["null", savedWith("null"), "merges is a JSON word; it must be an array"],
    [
      "a special token's text",
      savedWith("[]", '[{"token":256}]'),
      'specialTokens[0] has no "text"; it must have one',
    ],
    [
      "an empty special token",
      savedWith("[]", '[{"token":256,"text":""}]'),
      "specialTokens[0]: a special token is empty",
    ],
    [
      "a special token twice",
      savedWith("[]", '[{"token":256,"text":"<"},{"token":257,"text":"<"}]'),
      'specialTokens[1] is "<" again; texts must differ',
    ],
    [
      "the token of a byte as a special one",
      savedWith("[]", '[{"token":9,"text":"<"}]'),
      "specialTokens[0] is the token 9, which is another's",
    ],
    ["another format", '{"format":"tilegrad-characters","version":1}', 'it must be "tilegrad-byte-pairs"'],
    ["a member twice", '{"format":"a","format":"b"}', 'JSON has the key "format" twice'],
    ["half of a pair", savedWith("[]", '[{"token":256,"text":"\ud800"}]'), "a JSON string is not UTF-8"],
  ])("refuses %s", async (_, json, message) => {
    expect(await formatErrorOf(() => BytePairTokenizer.fromJSON(json))).toContain(message);
  });

  it("refuses merges that double without end", async () => {
    const merges = range(0, 60).map((i) => `[${i === 0 ? "97,97" : `${255 + i},${255 + i}`},${256 + i}]`);
    expect(await formatErrorOf(() => BytePairTokenizer.fromJSON(savedWith(`[${merges}]`)))).toContain(
      "merges[10] makes a token of 2048 bytes; at most 1024 are allowed",
    );
  });

  it("survives 2,000 damaged files and takes none that does not work", async () => {
    const merges = "[[97,98,256],[256,99,257],[32,257,258],[257,257,259]]";
    const file = new TextEncoder().encode(savedWith(merges, '[{"token":260,"text":"<|end|>"}]'));
    let rejectedCount = 0;
    for (let seed = 0; seed < 2000; seed++) {
      const damaged = mutated(file, seed);
      const rejected = await isRejected(() => {
        const read = BytePairTokenizer.fromJSON(damaged);
        expect(read.decode(read.encode("abc abcabc <|end|>é"))).toBe("abc abcabc <|end|>é");
        expect(read.vocabularySize).toBe(261);
      });
      if (rejected) rejectedCount++;
    }
    expect(rejectedCount).toBeGreaterThan(1000);
    expect(rejectedCount).toBeLessThan(2000);
  });
});
