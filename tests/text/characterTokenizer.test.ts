import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import { CharacterTokenizer } from "../../src/text/characterTokenizer.ts";
import { formatErrorOf, isRejected, mutated } from "../formats/mutations.ts";
import { randomText } from "./randomText.ts";

const saved = (codePoints: string, unknown = "null") =>
  `{"format":"tilegrad-characters","version":1,"codePoints":${codePoints},"unknown":${unknown}}`;

describe("CharacterTokenizer", () => {
  it("numbers the characters of a text in the order of code points", () => {
    const tokenizer = new CharacterTokenizer("b😀a\nb\uffee");
    expect(tokenizer.characters).toEqual(["\n", "a", "b", "\uffee", "😀"]);
    expect(tokenizer.vocabularySize).toBe(5);
    expect([...tokenizer.encode("a😀b")]).toEqual([1, 4, 2]);
    expect(tokenizer.encode("")).toEqual(new Int32Array(0));
    expect(tokenizer.decode([1, 4, 2])).toBe("a😀b");
    expect(tokenizer.tokenText(4)).toBe("😀");
  });

  it("gives back every text that it covers, lone surrogates included", () => {
    for (let seed = 0; seed < 50; seed++) {
      const text = randomText(seed, 60);
      const tokenizer = new CharacterTokenizer(text);
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
      const again = CharacterTokenizer.fromJSON(JSON.stringify(tokenizer));
      expect(again.characters).toEqual(tokenizer.characters);
    }
  });

  it("names a character that it does not have, and its place", () => {
    const tokenizer = new CharacterTokenizer("ab😀");
    expect(() => tokenizer.encode("a😀é")).toThrow(
      new UsageError(
        'CharacterTokenizer.encode: "é" (U+00E9) at index 3 is not one of the 3 characters of the vocabulary; ' +
          "only these are allowed, or give `unknown`.",
      ),
    );
    expect(() => tokenizer.encode("\ud83d")).toThrow('"\\ud83d" (U+D83D) at index 0');
  });

  it("takes `unknown` for characters that it does not have", () => {
    const tokenizer = new CharacterTokenizer("ab", { unknown: "?" });
    expect(tokenizer.characters).toEqual(["?", "a", "b"]);
    expect(tokenizer.decode(tokenizer.encode("aé😀b"))).toBe("a??b");
    const again = CharacterTokenizer.fromJSON(JSON.stringify(tokenizer));
    expect([...again.encode("aé")]).toEqual([1, 0]);
  });

  it.each<[what: string, make: () => unknown, message: string]>([
    [
      "no text",
      () => new CharacterTokenizer(""),
      "CharacterTokenizer: the text is empty; it must have at least one",
    ],
    [
      "two",
      () => new CharacterTokenizer("a", { unknown: "??" }),
      'unknown is "??"; it must be one character.',
    ],
    ["none", () => new CharacterTokenizer("a", { unknown: "" }), 'unknown is ""; it must be one character.'],
    [
      "a token",
      () => new CharacterTokenizer("a").decode([0, 1]),
      "decode: token 1 is 1; it must be a whole number from 0 to 0.",
    ],
    [
      "half a token",
      () => new CharacterTokenizer("a").tokenText(0.5),
      "a token is 0.5; it must be a whole number",
    ],
  ])("refuses %s", (_, make, message) => {
    expect(make).toThrow(UsageError);
    expect(make).toThrow(message);
  });

  it.each([
    [saved("[]"), "codePoints is empty"],
    [saved("[97,97]"), "codePoints[1] is 97 after 97; they must rise, none twice (at byte "],
    [saved("[98,97]"), "they must rise"],
    [saved("[1114112]"), "codePoints[0] is 1114112; it must be a whole number from 0 to 1114111"],
    [saved('["a"]'), "codePoints[0] is a JSON string; it must be a whole number"],
    [saved("[1.5]"), "codePoints[0] is 1.5"],
    [saved("{}"), "codePoints is a JSON object; it must be an array"],
    [saved("[97]", "98"), "unknown is 98; it must be one of codePoints"],
    ['{"format":"tilegrad-characters","version":2}', "version is 2; it must be 1"],
    ['{"format":"__proto__","version":1}', 'format is "__proto__"; it must be "tilegrad-characters"'],
    ["{}", 'the file has no "format"; it must have one'],
    ["[]", "the file is a JSON array; it must be an object"],
    ["", "JSON has its end"],
  ])("refuses to read %s", async (json, message) => {
    expect(await formatErrorOf(() => CharacterTokenizer.fromJSON(json, { name: "chars.json" }))).toContain(
      message,
    );
  });

  it("survives 2,000 damaged files", async () => {
    const bytes = new TextEncoder().encode(
      JSON.stringify(new CharacterTokenizer("hello, world 😀", { unknown: "?" })),
    );
    let rejectedCount = 0;
    for (let seed = 0; seed < 2000; seed++) {
      const file = mutated(bytes, seed);
      const rejected = await isRejected(() => {
        const tokenizer = CharacterTokenizer.fromJSON(file);
        expect(new Set(tokenizer.characters).size).toBe(tokenizer.vocabularySize);
        const tokens = tokenizer.characters.flatMap((character) => [...tokenizer.encode(character)]);
        expect(tokens).toEqual(tokens.map((_, token) => token));
      });
      if (rejected) rejectedCount++;
    }
    expect(rejectedCount).toBeGreaterThan(1000);
    expect(rejectedCount).toBeLessThan(2000);
  });
});
