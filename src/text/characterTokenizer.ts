// CharacterTokenizer: one token for each character of a text.
//
// Decides: a character is a Unicode code point, so half of a surrogate pair that stands alone is one too; tokens are
// numbered in the order of code points. Leaves to others: any unit larger than a character.

import { quoted } from "../base/byteReader.ts";
import { UsageError } from "../base/errors.ts";
import {
  isNothing,
  parseJsonObject,
  requireArray,
  requireMember,
  requireWholeNumber,
} from "../base/jsonValues.ts";
import { requireFormatName, savedBytes } from "./savedTokenizer.ts";
import { requireText, requireToken, type Tokenizer } from "./tokenizer.ts";
import { encodeWtf8, showBytes } from "./wtf8.ts";

const formatName = "tilegrad-characters";
const highestCodePoint = 0x10ffff;

export interface CharacterTokenizerOptions {
  /**
   * The character that stands for all that are not of the vocabulary; it becomes part of the vocabulary.
   * Default: none, and such a character is an error.
   */
  readonly unknown?: string;
}

/** What `toJSON` gives. Characters are saved as numbers: JSON text cannot hold half of a surrogate pair. */
export interface SavedCharacters {
  readonly format: typeof formatName;
  readonly version: 1;
  readonly codePoints: number[];
  readonly unknown: number | null;
}

/** `decode(encode(text))` is `text` for every text of its characters, lone surrogates included. */
export class CharacterTokenizer implements Tokenizer {
  readonly vocabularySize: number;
  /** The character of each token, in the order of code points. */
  readonly characters: readonly string[];
  readonly #tokens: ReadonlyMap<string, number>;
  readonly #unknown: string | undefined;

  /** The characters of `text`. Throws UsageError where there is none, or `unknown` is not one character. */
  constructor(text: string, { unknown }: CharacterTokenizerOptions = {}) {
    requireText("CharacterTokenizer: the text", text);
    if (unknown !== undefined) requireCharacter(unknown);
    this.characters = sortedCharacters(unknown === undefined ? [text] : [text, unknown]);
    if (this.characters.length === 0) {
      throw new UsageError("CharacterTokenizer: the text is empty; it must have at least one character.");
    }
    this.vocabularySize = this.characters.length;
    this.#tokens = new Map(this.characters.map((character, token) => [character, token]));
    this.#unknown = unknown;
  }

  /** Reads what `JSON.stringify` made of a tokenizer, as text or bytes. Throws FormatError. */
  static fromJSON(json: string | Uint8Array, options: { name?: string } = {}): CharacterTokenizer {
    const { reader, members } = parseJsonObject(savedBytes(json), options.name ?? "character tokenizer");
    requireFormatName(reader, members, formatName);
    const nodes = requireArray(
      reader,
      requireMember(reader, members, "codePoints", "the file"),
      "codePoints",
    );
    if (nodes.length === 0) reader.fail("codePoints is empty; there must be at least one");
    const codePoints = nodes.map((node, i) =>
      requireWholeNumber(reader, node, `codePoints[${i}]`, highestCodePoint),
    );
    const fault = codePoints.findIndex((codePoint, i) => i > 0 && codePoint <= codePoints[i - 1]);
    if (fault > 0) {
      const pair = `${codePoints[fault]} after ${codePoints[fault - 1]}`;
      reader.fail(`codePoints[${fault}] is ${pair}; they must rise, none twice`, nodes[fault].offset);
    }
    const unknownNode = requireMember(reader, members, "unknown", "the file");
    const unknown = isNothing(unknownNode)
      ? undefined
      : requireWholeNumber(reader, unknownNode, "unknown", highestCodePoint);
    if (unknown !== undefined && !codePoints.includes(unknown)) {
      reader.fail(`unknown is ${unknown}; it must be one of codePoints`, unknownNode.offset);
    }
    // Falling: the low half of a surrogate pair comes before any high one, so no two become a pair.
    const text = codePoints.toReversed().map((codePoint) => String.fromCodePoint(codePoint));
    return new CharacterTokenizer(
      text.join(""),
      unknown === undefined ? {} : { unknown: String.fromCodePoint(unknown) },
    );
  }

  /** Throws UsageError, which names the character and its place, where one is not of the vocabulary. */
  encode(text: string): Int32Array {
    requireText("CharacterTokenizer.encode: the text", text);
    const tokens = new Int32Array(text.length);
    let count = 0;
    let index = 0;
    for (const character of text) {
      tokens[count++] = this.#tokenOf(character, index);
      index += character.length;
    }
    return tokens.slice(0, count);
  }

  decode(tokens: ArrayLike<number>): string {
    let text = "";
    for (let i = 0; i < tokens.length; i++) {
      requireToken(`CharacterTokenizer.decode: token ${i}`, tokens[i], this.vocabularySize);
      text += this.characters[tokens[i]];
    }
    return text;
  }

  tokenText(token: number): string {
    return showBytes(this.tokenBytes(token));
  }

  tokenBytes(token: number): Uint8Array {
    requireToken("CharacterTokenizer: a token", token, this.vocabularySize);
    return encodeWtf8(this.characters[token]);
  }

  toJSON(): SavedCharacters {
    return {
      format: formatName,
      version: 1,
      codePoints: this.characters.map(codePointOf),
      unknown: this.#unknown === undefined ? null : codePointOf(this.#unknown),
    };
  }

  #tokenOf(character: string, index: number): number {
    const token = this.#tokens.get(character) ?? this.#tokens.get(this.#unknown ?? "");
    if (token !== undefined) return token;
    throw new UsageError(
      `CharacterTokenizer.encode: ${nameOf(character)} at index ${index} is not one of the ${this.vocabularySize} ` +
        "characters of the vocabulary; only these are allowed, or give `unknown`.",
    );
  }
}

function sortedCharacters(texts: readonly string[]): string[] {
  const codePoints = new Set<number>();
  for (const text of texts) for (const character of text) codePoints.add(codePointOf(character));
  return [...codePoints].sort((a, b) => a - b).map((codePoint) => String.fromCodePoint(codePoint));
}

function codePointOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

function nameOf(character: string): string {
  return `${quoted(character)} (U+${codePointOf(character).toString(16).toUpperCase().padStart(4, "0")})`;
}

function requireCharacter(unknown: string): void {
  requireText("CharacterTokenizer: unknown", unknown);
  if ([...unknown].length === 1) return;
  throw new UsageError(`CharacterTokenizer: unknown is ${quoted(unknown)}; it must be one character.`);
}
