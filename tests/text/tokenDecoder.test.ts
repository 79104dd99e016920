import { beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../src/data/seededRandom.ts";
import { BytePairTokenizer } from "../../src/text/bytePairTokenizer.ts";
import { CharacterTokenizer } from "../../src/text/characterTokenizer.ts";
import { TokenDecoder } from "../../src/text/tokenDecoder.ts";
import type { Tokenizer } from "../../src/text/tokenizer.ts";
import { randomText } from "./randomText.ts";

let pairs: BytePairTokenizer;

beforeAll(async () => {
  const text = Array.from({ length: 10 }, (_, seed) => randomText(seed, 100)).join("");
  pairs = await BytePairTokenizer.train(text, { vocabularySize: 400 });
});

/** The same tokenizer, which does not tell the bytes of a token. */
function withoutBytes(tokenizer: Tokenizer): Tokenizer {
  return {
    vocabularySize: tokenizer.vocabularySize,
    encode: (text) => tokenizer.encode(text),
    decode: (tokens) => tokenizer.decode(tokens),
    tokenText: (token) => tokenizer.tokenText(token),
    toJSON: () => tokenizer.toJSON(),
  };
}

describe("TokenDecoder", () => {
  it.each([
    ["by bytes", (tokenizer: Tokenizer) => tokenizer],
    ["by asking again", withoutBytes],
  ])("gives each character once it is whole, %s", (_, wrap) => {
    const decoder = new TokenDecoder(wrap(pairs));
    const bytes = [...new TextEncoder().encode("a😀é")];
    expect(bytes.map((byte) => decoder.push(byte))).toEqual(["a", "", "", "", "😀", "", "é"]);
    expect(decoder.text).toBe("a😀é");
    expect([decoder.push(0xf0), decoder.push(0x9f)]).toEqual(["", ""]);
    expect(decoder.flush()).toBe("\ufffd");
    expect(decoder.flush()).toBe("");
    expect(decoder.text).toBe("a😀é\ufffd");
  });

  it.each([
    ["by bytes", (tokenizer: Tokenizer) => tokenizer],
    ["by asking again", withoutBytes],
  ])("gives in pieces what decode gives at once, %s", (_, wrap) => {
    const tokenizer = wrap(pairs);
    for (let seed = 0; seed < 60; seed++) {
      const random = seededRandom(seed);
      // Half of them tokens of a text, half of them any tokens at all, which are seldom text.
      const any = Array.from({ length: 40 }, () => Math.floor(random() * tokenizer.vocabularySize));
      for (const tokens of [[...tokenizer.encode(randomText(seed, 20))], any]) {
        const decoder = new TokenDecoder(tokenizer);
        const pieces = tokens.map((token) => decoder.push(token));
        expect(pieces.join("") + decoder.flush()).toBe(tokenizer.decode(tokens));
        expect(decoder.text).toBe(tokenizer.decode(tokens));
      }
    }
  });

  it("works for characters, which are never cut", () => {
    const tokenizer = new CharacterTokenizer("ab😀\ud800");
    const decoder = new TokenDecoder(tokenizer);
    const pieces = [...tokenizer.encode("a😀\ud800b")].map((token) => decoder.push(token));
    expect(pieces).toEqual(["a", "😀", "\ud800", "b"]);
    expect(() => decoder.push(4)).toThrow("a token is 4; it must be a whole number from 0 to 3.");
  });
});
