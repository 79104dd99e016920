// Files of GPT-2's and Hugging Face's kind: written, read by us and by Hugging Face's own package, and damaged.

import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import { range } from "../../src/base/integers.ts";
import { byteCharacters, readBytes, writeBytes } from "../../src/text/byteCharacters.ts";
import { BytePairTokenizer } from "../../src/text/bytePairTokenizer.ts";
import { fromHuggingFace } from "../../src/text/foreignTokenizer.ts";
import { readGpt2Files, writeGpt2Files } from "../../src/text/gpt2Files.ts";
import { TokenDecoder } from "../../src/text/tokenDecoder.ts";
import { readTokenizerJson, writeTokenizerJson } from "../../src/text/tokenizerJson.ts";
import { formatErrorOf, isRejected, mutated } from "../formats/mutations.ts";
import { randomText } from "./randomText.ts";

const end = "<|endoftext|>";
let trained: BytePairTokenizer;

beforeAll(async () => {
  const text = Array.from({ length: 30 }, (_, seed) => randomText(seed, 100)).join("");
  trained = await BytePairTokenizer.train(text, { vocabularySize: 600, specialTokens: [end] });
});

/** The 256 bytes as GPT-2 numbers them (the visible ones first), then `more`. */
function vocabulary(more: readonly string[]): string {
  const names = [...byteCharacters].sort((a, b) => a.charCodeAt(0) - b.charCodeAt(0));
  return `{${[...names, ...more].map((name, id) => `${JSON.stringify(name)}: ${id}`).join(", ")}}`;
}

/** A tokenizer.json with `more` in its file and `model` in its model, either of which may replace what stands there. */
function tokenizerJson(more = {}, model = {}): string {
  return JSON.stringify({
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false },
    decoder: { type: "ByteLevel" },
    model: { type: "BPE", vocab: JSON.parse(vocabulary(["ab", "abc"])), merges: ["a b", "ab c"], ...model },
    ...more,
  });
}

describe("byteCharacters", () => {
  it("are GPT-2's: 188 bytes stand for themselves, the other 68 are U+0100 to U+0143 in order", () => {
    const itself = byteCharacters.filter((character, byte) => character.charCodeAt(0) === byte);
    expect(itself.length).toBe(188);
    expect(new Set(byteCharacters).size).toBe(256);
    const hidden = byteCharacters.filter((character) => character > "\u00ff");
    expect(hidden.map((character) => character.charCodeAt(0))).toEqual(range(0x100, 0x144));
    expect(byteCharacters[0]).toBe("Ā");
    expect(byteCharacters[10]).toBe("Ċ");
    expect(byteCharacters[32]).toBe("Ġ");
    expect(byteCharacters[0x7f]).toBe("ġ");
    expect(byteCharacters[0xa0]).toBe("ł");
    expect(byteCharacters[0xad]).toBe("Ń");
    expect(byteCharacters.every((character) => /^[^\s\p{Cc}]$/u.test(character))).toBe(true);
  });

  it("write bytes and read them", () => {
    const bytes = Uint8Array.from(range(0, 256));
    expect(readBytes(writeBytes(bytes))).toEqual(bytes);
    expect(writeBytes(new TextEncoder().encode(" é\n"))).toBe("ĠÃ©Ċ");
    expect(readBytes("a b")).toBeUndefined();
  });
});

describe("GPT-2's files", () => {
  // In GPT-2's order "!" is 0, "a" 64, "Ġ" 220; the merges are made by hand.
  const more = ["Ġt", "he", "Ġthe", "__", "__p", "__proto__", "ro", "to", "roto", "roto__", end];
  const merges = "#version: 0.2\nĠ t\nh e\nĠt he\n_ _\n__ p\nr o\nt o\nro to\nroto __\n__p roto__\n";

  it("are read with their own numbers, and merges come in the order of the file", () => {
    const read = readGpt2Files(vocabulary(more), merges);
    expect([...read.encode("!a ~")]).toEqual([0, 64, 220, 93]);
    expect([...read.encode("the the other")]).toEqual([83, 257, 258, 220, 78, 83, 257, 81]);
    expect(read.tokenText(258)).toBe(" the");
    expect([...read.encode(`the${end}`, { special: true })].at(-1)).toBe(266);
    expect(read.vocabularySize).toBe(267);
  });

  it("may name a token __proto__", () => {
    const read = readGpt2Files(vocabulary(more), merges);
    expect([...read.encode("__proto__")]).toEqual([259, 79, 264, 259]);
    const { merges: text, vocab } = writeGpt2Files(read);
    expect(text).toBe(merges);
    expect(JSON.parse(vocab)).toEqual(JSON.parse(vocabulary(more)));
    expect(vocab).toContain('"__proto__":261');
    expect("polluted" in {}).toBe(false);
  });

  it("written and read again are the same tokenizer", () => {
    const { vocab, merges: text } = writeGpt2Files(trained);
    expect(readGpt2Files(vocab, text).parts).toEqual(trained.parts);
    const encoder = new TextEncoder();
    expect(readGpt2Files(encoder.encode(vocab), encoder.encode(text.replaceAll("\n", "\r\n"))).parts).toEqual(
      trained.parts,
    );
  });

  it("take special tokens by name", () => {
    const vocab = vocabulary(["<a>", "<b>"]);
    const read = readGpt2Files(vocab, "", { specialTokens: ["<b>", "<a>"] });
    expect([...read.specialTokens]).toEqual([
      ["<a>", 256],
      ["<b>", 257],
    ]);
    expect(() => readGpt2Files(vocab, "", { specialTokens: ["<c>"] })).toThrow(
      new UsageError(
        'readGpt2Files: the special token "<c>" is not in vocab.json; it must be one of its tokens.',
      ),
    );
  });

  it("cannot be written where a special token looks like another", async () => {
    const tokenizer = await BytePairTokenizer.train("ab ab", { vocabularySize: 258, specialTokens: ["Ġ"] });
    expect(() => writeGpt2Files(tokenizer)).toThrow(
      'writeGpt2Files: the special token "Ġ" is written as another',
    );
    expect(() => writeTokenizerJson(tokenizer)).toThrow(UsageError);
    expect(BytePairTokenizer.fromJSON(JSON.stringify(tokenizer)).parts).toEqual(tokenizer.parts);
  });

  it.each([
    [
      "a hole",
      vocabulary(["ab"]).replace("256", "257"),
      "a b\n",
      'the token "ab" has the id 257; ids must be 0 to 256 without a hole',
    ],
    [
      "an id twice",
      vocabulary(["ab"]).replace("256", "255"),
      "a b\n",
      'the tokens "Ń" and "ab" both have the id 255; ids must differ',
    ],
    ["a token twice", vocabulary(["!"]), "", 'vocab.json: JSON has the key "!" twice; keys must differ'],
    [
      "text for an id",
      vocabulary([]).replace(": 255", ': "255"'),
      "",
      "has the id a JSON string; ids must be 0 to 255",
    ],
    ["a negative id", vocabulary([]).replace(": 255", ": -1"), "", "has the id -1; ids must be 0 to 255"],
    [
      "a byte that is missing",
      vocabulary(["ab"]).replace('"!"', '"!!"'),
      "a b\n",
      'there is no token "!" for the byte 33; all 256 bytes',
    ],
    [
      "an empty token",
      vocabulary([""]),
      "",
      'the token "" is not 1 to 1024 bytes, each written as its character',
    ],
    ["a token that is no row of bytes", vocabulary(["a b"]), "", 'the token "a b" is not 1 to 1024 bytes'],
    [
      "a token that nothing makes",
      vocabulary(["ab"]),
      "",
      'the token "ab" is no byte, no merge makes it, and it is no special token',
    ],
    ["a list", "[]", "", "vocab.json: the file is a JSON array; it must be an object (at byte 0)."],
    [
      "an unknown left token",
      vocabulary(["ab"]),
      "a b\naa b\n",
      'line 2: the merge of "aa" and "b" needs the token "aa"; the vocabulary must have it (at byte 4).',
    ],
    [
      "an unknown result",
      vocabulary(["ab"]),
      "#version: 0.2\na b\n\nb a",
      'merges.txt: line 4: the merge of "b" and "a" needs the token "ba"',
    ],
    [
      "a merge of a special token",
      vocabulary([end, `${end}a`]),
      `${end} a\n`,
      `the merge of "${end}" and "a" needs the token "${end}"`,
    ],
    [
      "a merge twice",
      vocabulary(["ab"]),
      "a b\na b\n",
      'line 2: "a" and "b" are merged twice; once is allowed',
    ],
    [
      "a merge of three",
      vocabulary(["ab"]),
      "a b c\n",
      'line 1: it is "a b c"; it must be two tokens with one space between them',
    ],
    ["a merge of one", vocabulary(["ab"]), "ab\n", 'line 1: it is "ab"; it must be two'],
    [
      "__proto__ as an unknown token",
      vocabulary([]),
      "__proto__ a\n",
      'needs the token "__proto__"; the vocabulary must have it',
    ],
  ])("are refused with %s", async (_, vocab, text, message) => {
    expect(await formatErrorOf(() => readGpt2Files(vocab, text))).toContain(message);
  });

  it("survive 2,000 damages of either file, and what is read works", async () => {
    const files = [vocabulary(["Ġt", "he", "Ġthe", end]), "#version: 0.2\nĠ t\nh e\nĠt he\n"].map((text) =>
      new TextEncoder().encode(text),
    );
    let rejectedCount = 0;
    for (let seed = 0; seed < 2000; seed++) {
      const [vocab, text] = files.map((file, i) => (i === seed % 2 ? mutated(file, seed) : file));
      const rejected = await isRejected(() => {
        const read = readGpt2Files(vocab, text);
        expect(read.decode(read.encode("the other é"))).toBe("the other é");
      });
      if (rejected) rejectedCount++;
    }
    expect(rejectedCount).toBeGreaterThan(1000);
    expect(rejectedCount).toBeLessThan(2000);
  });
});

describe("tokenizer.json", () => {
  it("written and read again is the same tokenizer", () => {
    expect(readTokenizerJson(writeTokenizerJson(trained)).parts).toEqual(trained.parts);
  });

  it("may have merges as lists, and added tokens that are not in the vocabulary", () => {
    const added = [{ id: 258, content: end, special: true, lstrip: false }];
    const read = readTokenizerJson(
      tokenizerJson(
        { added_tokens: added },
        {
          merges: [
            ["a", "b"],
            ["ab", "c"],
          ],
        },
      ),
    );
    expect([...read.encode(`abcab${end}`, { special: true })]).toEqual([257, 256, 258]);
    expect(readTokenizerJson(tokenizerJson({ padding: null, truncation: null })).vocabularySize).toBe(258);
  });

  it.each<[what: string, json: string, message: string]>([
    ["another model", tokenizerJson({}, { type: "Unigram" }), 'model.type is "Unigram"; only "BPE" is read'],
    ["no model", tokenizerJson({ model: undefined }), 'the file has no "model"; it must have one'],
    ["a model's type of __proto__", tokenizerJson({}, { type: "__proto__" }), 'model.type is "__proto__"'],
    [
      "byte_fallback",
      tokenizerJson({}, { byte_fallback: true }),
      "model.byte_fallback is set, which changes the tokens",
    ],
    ["dropout", tokenizerJson({}, { dropout: 0.1 }), "model.dropout is set"],
    ["a suffix", tokenizerJson({}, { end_of_word_suffix: "</w>" }), "model.end_of_word_suffix is set"],
    [
      "a normalizer",
      tokenizerJson({ normalizer: { type: "NFC" } }),
      "normalizer is set, which changes the tokens; it must be null or off",
    ],
    [
      "another cutting",
      tokenizerJson({ pre_tokenizer: { type: "Metaspace" } }),
      'pre_tokenizer.type is "Metaspace"; only "ByteLevel" is read',
    ],
    [
      "no cutting",
      tokenizerJson({ pre_tokenizer: null }),
      "pre_tokenizer is a JSON word; it must be an object",
    ],
    [
      "a space in front",
      tokenizerJson({ pre_tokenizer: { type: "ByteLevel" } }),
      "pre_tokenizer.add_prefix_space is not false; it must be",
    ],
    [
      "another pattern",
      tokenizerJson({ pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: false } }),
      "pre_tokenizer.use_regex is not true; only GPT-2's pattern is read",
    ],
    [
      "tokens added to each text",
      tokenizerJson({ post_processor: { type: "TemplateProcessing" } }),
      'post_processor.type is "TemplateProcessing"',
    ],
    [
      "an added token that strips",
      tokenizerJson({ added_tokens: [{ id: 258, content: "<", lstrip: true }] }),
      "added_tokens[0].lstrip is set",
    ],
    [
      "an added token elsewhere",
      tokenizerJson({ added_tokens: [{ id: 9, content: "ab" }] }),
      'added_tokens[0] is "ab" with the id 9, in vocab it has 256; they must agree',
    ],
    [
      "an added token's id taken",
      tokenizerJson({ added_tokens: [{ id: 257, content: "<x>" }] }),
      "both have the id 257; ids must differ",
    ],
    [
      "an added token after a hole",
      tokenizerJson({ added_tokens: [{ id: 300, content: "<x>" }] }),
      'the token "<x>" has the id 300; ids must be 0 to 258 without a hole',
    ],
    [
      "an added token twice",
      tokenizerJson({
        added_tokens: [
          { id: 258, content: "<" },
          { id: 258, content: "<" },
        ],
      }),
      'added_tokens[0] is "<" with the id 258, in vocab it has 27',
    ],
    [
      "an empty added token",
      tokenizerJson({ added_tokens: [{ id: 258, content: "" }] }),
      "a special token is empty",
    ],
    [
      "merges of unknown tokens",
      tokenizerJson({}, { merges: ["a b", "ab x"] }),
      'merges[1]: the merge of "ab" and "x" needs the token "abx"',
    ],
    [
      "a merge of three",
      tokenizerJson({}, { merges: [["a", "b", "c"]] }),
      "merges[0]: it has 3 tokens; it must be two",
    ],
    [
      "a merge that is a number",
      tokenizerJson({}, { merges: [7] }),
      "merges[0] is a JSON number; it must be an array",
    ],
    [
      "a vocabulary that is a list",
      tokenizerJson({}, { vocab: [] }),
      "vocab is a JSON array; it must be an object",
    ],
  ])("is refused with %s", async (_, json, message) => {
    expect(await formatErrorOf(() => readTokenizerJson(json))).toContain(message);
  });

  it("survives 2,000 damages, and what is read works", async () => {
    const file = new TextEncoder().encode(tokenizerJson({ added_tokens: [{ id: 258, content: end }] }));
    let rejectedCount = 0;
    for (let seed = 0; seed < 2000; seed++) {
      const damaged = mutated(file, seed);
      const rejected = await isRejected(() => {
        const read = readTokenizerJson(damaged);
        expect(read.decode(read.encode("abc é ab"))).toBe("abc é ab");
      });
      if (rejected) rejectedCount++;
    }
    expect(rejectedCount).toBeGreaterThan(1000);
    expect(rejectedCount).toBeLessThan(2000);
  });
});

describe("Hugging Face's own package", () => {
  const adapted = () =>
    fromHuggingFace(new HuggingFaceTokenizer(JSON.parse(writeTokenizerJson(trained)), {}));

  it("makes the same tokens of our file", () => {
    const foreign = adapted();
    expect(foreign.vocabularySize).toBe(trained.vocabularySize);
    for (let seed = 5000; seed < 5300; seed++) {
      // It has no lone surrogates, takes special tokens for themselves, and JavaScript's \s for Unicode's.
      const whole = randomText(seed, 30)
        .replaceAll(end, "")
        .replace(/[\u0085\ufeff]/g, "");
      const text = new TextDecoder().decode(new TextEncoder().encode(whole));
      const tokens = trained.encode(text);
      expect(foreign.encode(text), JSON.stringify(text)).toEqual(tokens);
      expect(foreign.decode(tokens)).toBe(text);
    }
  });

  it("takes our special tokens for special", () => {
    const text = `the cat${end}don't`;
    expect(adapted().encode(text)).toEqual(trained.encode(text, { special: true }));
    expect(adapted().decode(trained.encode(text, { special: true }))).toBe(text);
  });

  it("reads as a tokenizer of ours", () => {
    const foreign = adapted();
    const tokens = trained.encode("日本語 😀 é");
    const decoder = new TokenDecoder(foreign);
    const pieces = [...tokens].map((token) => decoder.push(token));
    expect(pieces.join("") + decoder.flush()).toBe("日本語 😀 é");
    expect(foreign.tokenText(97)).toBe("a");
    expect(foreign.tokenText(0xe2)).toBe("â");
    expect(foreign.decode([])).toBe("");
    expect(() => foreign.decode([trained.vocabularySize])).toThrow(
      `decode: token 0 is ${trained.vocabularySize}; it must be a whole number from 0 to`,
    );
    expect(() => JSON.stringify(foreign)).toThrow(UsageError);
  });

  it("is told apart from what is no such tokenizer", () => {
    const empty = { encode: () => ({ ids: [] }), decode: () => "", id_to_token: () => undefined };
    // As from JavaScript, where nothing says what a tokenizer is.
    expect(() => Reflect.apply(fromHuggingFace, undefined, [empty])).toThrow(
      new UsageError(
        "fromHuggingFace: the tokenizer has no method get_vocab; it must be a Tokenizer of @huggingface/tokenizers.",
      ),
    );
    expect(() => Reflect.apply(fromHuggingFace, undefined, [null])).toThrow(UsageError);
    expect(() => fromHuggingFace({ ...empty, get_vocab: () => new Map() })).toThrow(
      "the vocabulary has 0 tokens",
    );
  });
});
