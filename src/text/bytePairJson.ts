// The JSON form of a byte-pair tokenizer: numbers throughout, so that no byte needs a way to be written.
//
// Decides: the form, and that nothing inconsistent is read: holes, numbers or bytes twice, merges of unknown tokens.
// Leaves to others: the forms of GPT-2 and Hugging Face (gpt2Files.ts, tokenizerJson.ts).

import { type ByteReader, quoted } from "../base/byteReader.ts";
import {
  parseJsonObject,
  requireArray,
  requireMember,
  requireObject,
  requireString,
  requireWholeNumber,
} from "../base/jsonValues.ts";
import type { JsonNode } from "../base/strictJson.ts";
import { type BytePairMerge, type BytePairs, bytesKey, joinBytes, longestTokenBytes } from "./bytePairs.ts";
import { requireFormatName, savedBytes } from "./savedTokenizer.ts";
import { specialTokenFault } from "./specialTokens.ts";
import { encodeWtf8 } from "./wtf8.ts";

const formatName = "tilegrad-byte-pairs";
const byteCount = 256;

/** What `toJSON` gives. */
export interface SavedBytePairs {
  readonly format: typeof formatName;
  readonly version: 1;
  /** The token of each byte. */
  readonly bytes: number[];
  /** Left, right, and what they become; in the order in which they come first. */
  readonly merges: [left: number, right: number, result: number][];
  readonly specialTokens: { readonly token: number; readonly text: string }[];
}

export function savedBytePairs({ byteTokens, merges, specialTokens }: BytePairs): SavedBytePairs {
  return {
    format: formatName,
    version: 1,
    bytes: [...byteTokens],
    merges: merges.map(({ left, right, result }) => [left, right, result]),
    specialTokens: [...specialTokens].map(([text, token]) => ({ token, text })),
  };
}

/** Throws FormatError. */
export function readBytePairJson(json: string | Uint8Array, name: string): BytePairs {
  const { reader, members } = parseJsonObject(savedBytes(json), name);
  requireFormatName(reader, members, formatName);
  const items = (key: string): JsonNode[] =>
    requireArray(reader, requireMember(reader, members, key, "the file"), key);
  return new PartsReader(reader).read(items("bytes"), items("merges"), items("specialTokens"));
}

/** Collects the tokens of one file, each of which is told once. */
class PartsReader {
  readonly #reader: ByteReader;
  readonly #tokens = new Map<number, Uint8Array>();
  readonly #tokenOfKey = new Map<string, number>();
  readonly #specialTokens = new Map<string, number>();
  /** Ids are below it: each is told by a byte, a merge or a special token. */
  #limit = 0;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  read(
    bytes: readonly JsonNode[],
    mergeNodes: readonly JsonNode[],
    specials: readonly JsonNode[],
  ): BytePairs {
    this.#limit = bytes.length + mergeNodes.length + specials.length;
    if (bytes.length !== byteCount)
      this.#reader.fail(`bytes has ${bytes.length} tokens; there must be ${byteCount}`, 0);
    const byteTokens = bytes.map((node, byte) => {
      const token = this.#whole(node, `bytes[${byte}]`);
      this.#add(token, Uint8Array.of(byte), `bytes[${byte}]`, node.offset);
      return token;
    });
    const pairs = new Set<string>();
    const merges = mergeNodes.map((node, i) => this.#merge(node, `merges[${i}]`, pairs));
    specials.forEach((node, i) => {
      this.#special(node, `specialTokens[${i}]`);
    });
    return { tokens: this.#inOrder(), byteTokens, merges, specialTokens: this.#specialTokens };
  }

  #merge(node: JsonNode, what: string, pairs: Set<string>): BytePairMerge {
    const items = requireArray(this.#reader, node, what);
    if (items.length !== 3)
      this.#reader.fail(
        `${what} has ${items.length} numbers; it must have left, right and result`,
        node.offset,
      );
    const [left, right, result] = items.map((item) => this.#whole(item, what));
    const leftBytes = this.#known(left, what, node.offset);
    const rightBytes = this.#known(right, what, node.offset);
    const pair = `${left} ${right}`;
    if (pairs.has(pair))
      this.#reader.fail(`${what} merges ${left} and ${right} again; once is allowed`, node.offset);
    pairs.add(pair);
    const size = leftBytes.length + rightBytes.length;
    if (size > longestTokenBytes) {
      this.#reader.fail(
        `${what} makes a token of ${size} bytes; at most ${longestTokenBytes} are allowed`,
        node.offset,
      );
    }
    const bytes = joinBytes(leftBytes, rightBytes);
    // Another merge may have made the same token.
    if (this.#tokenOfKey.get(bytesKey(bytes)) !== result) this.#add(result, bytes, what, node.offset);
    return { left, right, result };
  }

  #special(node: JsonNode, what: string): void {
    const members = requireObject(this.#reader, node, what);
    const text = requireString(this.#reader, requireMember(this.#reader, members, "text", what), what);
    const token = this.#whole(requireMember(this.#reader, members, "token", what), what);
    const fault = specialTokenFault(text);
    if (fault !== undefined) this.#reader.fail(`${what}: ${fault}`, node.offset);
    if (this.#specialTokens.has(text))
      this.#reader.fail(`${what} is ${quoted(text)} again; texts must differ`, node.offset);
    this.#specialTokens.set(text, token);
    this.#set(token, encodeWtf8(text), what, node.offset);
  }

  #add(token: number, bytes: Uint8Array, what: string, offset: number): void {
    const key = bytesKey(bytes);
    const known = this.#tokenOfKey.get(key);
    if (known !== undefined) {
      this.#reader.fail(
        `${what} is the token ${token}, but ${known} has the same bytes; they must differ`,
        offset,
      );
    }
    this.#tokenOfKey.set(key, token);
    this.#set(token, bytes, what, offset);
  }

  #set(token: number, bytes: Uint8Array, what: string, offset: number): void {
    if (this.#tokens.has(token))
      this.#reader.fail(`${what} is the token ${token}, which is another's; tokens must differ`, offset);
    this.#tokens.set(token, bytes);
  }

  #known(token: number, what: string, offset: number): Uint8Array {
    return (
      this.#tokens.get(token) ??
      this.#reader.fail(
        `${what} merges the token ${token}, which is not known there; it must be a byte or made before`,
        offset,
      )
    );
  }

  #whole(node: JsonNode, what: string): number {
    return requireWholeNumber(this.#reader, node, what, this.#limit - 1);
  }

  #inOrder(): Uint8Array[] {
    return Array.from({ length: this.#tokens.size }, (_, token) => {
      const bytes = this.#tokens.get(token);
      return (
        bytes ??
        this.#reader.fail(
          `there is no token ${token}; all from 0 to ${this.#tokens.size - 1} must be there`,
          0,
        )
      );
    });
  }
}
