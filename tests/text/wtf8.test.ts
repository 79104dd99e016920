import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/data/seededRandom.ts";
import { readPlainText } from "../../src/text/plainText.ts";
import { decodeWtf8, encodeWtf8, firstNonUtf8, showBytes, Wtf8Decoder } from "../../src/text/wtf8.ts";
import { formatErrorOf } from "../formats/mutations.ts";
import { randomText } from "./randomText.ts";

const hasHalf = (text: string): boolean => /\p{Surrogate}/u.test(text);

describe("encodeWtf8 and decodeWtf8", () => {
  it("are UTF-8 for every code point", () => {
    for (const block of [0, 0x7f0, 0xd780, 0xe000, 0xffc0, 0x10ffc0]) {
      const text = String.fromCodePoint(...Array.from({ length: 64 }, (_, i) => block + i));
      expect(encodeWtf8(text)).toEqual(new TextEncoder().encode(text));
      expect(decodeWtf8(encodeWtf8(text))).toBe(text);
    }
  });

  it("give back every string, where TextEncoder does not", () => {
    expect([...encodeWtf8("\ud800")]).toEqual([0xed, 0xa0, 0x80]);
    expect([...encodeWtf8("\udfff")]).toEqual([0xed, 0xbf, 0xbf]);
    let halves = 0;
    for (let seed = 0; seed < 300; seed++) {
      const text = randomText(seed, 20);
      expect(decodeWtf8(encodeWtf8(text))).toBe(text);
      if (!hasHalf(text)) expect(encodeWtf8(text)).toEqual(new TextEncoder().encode(text));
      else halves++;
    }
    expect(halves).toBeGreaterThan(50);
  });

  it("replace what is no text as browsers do, but for halves of surrogate pairs", () => {
    const random = seededRandom(1);
    const leads = [
      0x41, 0x80, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xa0, 0xe2, 0xef, 0xf0, 0x90, 0xf4, 0x8f, 0xf5, 0xff,
    ];
    for (let i = 0; i < 2000; i++) {
      const bytes = Uint8Array.from({ length: 6 }, () => leads[Math.floor(random() * leads.length)]);
      expect(decodeWtf8(bytes), `${bytes}`).toBe(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
    }
  });

  it("find the first byte that is not UTF-8", () => {
    expect(firstNonUtf8(encodeWtf8("aé日😀"))).toBe(-1);
    expect(firstNonUtf8(Uint8Array.of(0x61, 0xc3))).toBe(1);
    expect(firstNonUtf8(Uint8Array.of(0x61, 0xc3, 0xa9, 0xff))).toBe(3);
    expect(firstNonUtf8(encodeWtf8("aé\ud800"))).toBe(3);
  });
});

describe("Wtf8Decoder", () => {
  it("never gives half a character, and all in a row is the text", () => {
    const text = "aé日😀\ud800b";
    const decoder = new Wtf8Decoder();
    const pieces = Array.from(encodeWtf8(text), (byte) => decoder.push(Uint8Array.of(byte)));
    expect(pieces.filter((piece) => piece !== "")).toEqual(["a", "é", "日", "😀", "\ud800", "b"]);
    expect(decoder.flush()).toBe("");
    expect(decoder.push(Uint8Array.of(0xf0, 0x9f))).toBe("");
    expect(decoder.flush()).toBe("\ufffd");
    expect(decoder.flush()).toBe("");
  });
});

it("showBytes shows bytes that are no character by their number", () => {
  expect(showBytes(encodeWtf8(" aé\ufffd"))).toBe(" aé\ufffd");
  expect(showBytes(Uint8Array.of(0xe2, 0x82, 0x41, 0x80))).toBe("<0xE2><0x82>A<0x80>");
});

describe("readPlainText", () => {
  it("drops a byte order mark and keeps everything else, line ends too", () => {
    expect(readPlainText(encodeWtf8("\ufeffa\r\nb\n\rc\ufeff\u0000"))).toBe("a\r\nb\n\rc\ufeff\u0000");
    expect(readPlainText(encodeWtf8("\ufeff\ufeff"))).toBe("\ufeff");
    expect(readPlainText(new Uint8Array(0))).toBe("");
  });

  it("says where the text is not UTF-8", async () => {
    const read = (bytes: Uint8Array) => formatErrorOf(() => readPlainText(bytes, { name: "poem.txt" }));
    expect(await read(Uint8Array.of(0x61, 0x62, 0xe9, 0x63))).toBe(
      "poem.txt: the byte 0xe9 is not UTF-8; the text must be (at byte 2).",
    );
    expect(await read(encodeWtf8("\ufeff\ud800"))).toContain("(at byte 3).");
    expect(await read(Uint8Array.of(0xff, 0xfe, 0x61, 0x00))).toBe(
      "poem.txt: the text is UTF-16; it must be UTF-8 (at byte 0).",
    );
  });
});
