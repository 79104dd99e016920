// JSON from untrusted bytes, where JSON.parse is too lenient: duplicate keys are errors, every node knows its
// offset, objects are Maps (a key such as "__proto__" is a key like any other), and depth is limited.
//
// Decides: RFC 8259 to the letter; numbers stay text, so that nothing is rounded unseen.
// Leaves to the formats: which members there must be.

import { type ByteReader, quoted } from "./byteReader.ts";

/** A JSON value and where it starts in the file. */
export type JsonNode =
  | { kind: "object"; offset: number; members: Map<string, JsonNode> }
  | { kind: "array"; offset: number; items: JsonNode[] }
  | { kind: "string"; offset: number; text: string }
  | { kind: "number"; offset: number; text: string }
  | { kind: "word"; offset: number; text: "true" | "false" | "null" };

const maximumDepth = 16;
const words = ["true", "false", "null"] as const;
const escapes = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

const quote = 0x22;
const backslash = 0x5c;

/**
 * Parses `sizeBytes` bytes at the reader's offset as one JSON value, white space around it allowed.
 * Throws FormatError.
 */
export function parseStrictJson(reader: ByteReader, sizeBytes: number, what: string): JsonNode {
  const start = reader.offset;
  return new Parser(reader, reader.bytes(sizeBytes, what), start).parse();
}

class Parser {
  readonly #reader: ByteReader;
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #at = 0;

  constructor(reader: ByteReader, bytes: Uint8Array, start: number) {
    this.#reader = reader;
    this.#bytes = bytes;
    this.#start = start;
  }

  parse(): JsonNode {
    const node = this.#value(0);
    this.#skipSpace();
    if (this.#at < this.#bytes.length)
      this.#fail(`JSON goes on with ${this.#here()} after its end; only spaces may follow`);
    return node;
  }

  #value(depth: number): JsonNode {
    if (depth > maximumDepth)
      this.#fail(`JSON is nested too deep; at most ${maximumDepth} levels are allowed`);
    this.#skipSpace();
    const offset = this.#start + this.#at;
    const byte = this.#bytes[this.#at];
    if (byte === 0x7b) return { kind: "object", offset, members: this.#members(depth) };
    if (byte === 0x5b) return { kind: "array", offset, items: this.#items(depth) };
    if (byte === quote) return { kind: "string", offset, text: this.#string() };
    if (byte === 0x2d || isDigit(byte)) return { kind: "number", offset, text: this.#number() };
    for (const text of words) if (this.#takeWord(text)) return { kind: "word", offset, text };
    return this.#fail(`JSON has ${this.#here()}; a value must stand there`);
  }

  #members(depth: number): Map<string, JsonNode> {
    const members = new Map<string, JsonNode>();
    this.#list(0x7d, "}", () => {
      this.#skipSpace();
      const offset = this.#start + this.#at;
      if (this.#bytes[this.#at] !== quote)
        this.#fail(`JSON has ${this.#here()}; a key in quotes must stand there`);
      const key = this.#string();
      if (members.has(key))
        this.#reader.fail(`JSON has the key ${quoted(key)} twice; keys must differ`, offset);
      this.#skipSpace();
      if (!this.#take(0x3a)) this.#fail(`JSON has ${this.#here()}; ":" must stand there`);
      members.set(key, this.#value(depth + 1));
    });
    return members;
  }

  #items(depth: number): JsonNode[] {
    const items: JsonNode[] = [];
    this.#list(0x5d, "]", () => items.push(this.#value(depth + 1)));
    return items;
  }

  /** What objects and arrays share: an opening bracket, entries with commas between them, and `close`. */
  #list(close: number, closeText: string, entry: () => void): void {
    this.#at++;
    this.#skipSpace();
    if (this.#take(close)) return;
    do {
      entry();
      this.#skipSpace();
    } while (this.#take(0x2c));
    if (!this.#take(close)) this.#fail(`JSON has ${this.#here()}; "," or "${closeText}" must stand there`);
  }

  #string(): string {
    this.#at++;
    let text = "";
    let runStart = this.#at;
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined || byte < 0x20)
        this.#fail(`JSON has ${this.#here()} inside a string; it must be escaped`);
      if (byte === quote) break;
      this.#at++;
      if (byte !== backslash) continue;
      text += this.#decode(runStart, this.#at - 1) + this.#escape();
      runStart = this.#at;
    }
    text += this.#decode(runStart, this.#at);
    this.#at++;
    return text;
  }

  #decode(from: number, to: number): string {
    if (from === to) return "";
    try {
      return this.#decoder.decode(this.#bytes.subarray(from, to));
    } catch {
      return this.#reader.fail("a JSON string is not UTF-8; it must be", this.#start + from);
    }
  }

  #escape(): string {
    const letter = String.fromCharCode(this.#bytes[this.#at] ?? 0);
    const single = escapes.get(letter);
    if (single !== undefined) {
      this.#at++;
      return single;
    }
    if (letter !== "u") this.#fail(`JSON has the unknown escape "\\" and ${this.#here()}`);
    const unit = this.#hexUnit();
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
    const isPair = unit < 0xdc00 && this.#bytes[this.#at] === backslash && this.#bytes[this.#at + 1] === 0x75;
    if (isPair) {
      this.#at++;
      const low = this.#hexUnit();
      if (low >= 0xdc00 && low <= 0xdfff) return String.fromCharCode(unit, low);
    }
    return this.#fail("JSON has half of a surrogate pair; both halves must be there");
  }

  /** The four digits after `u`, on which the parser stands. */
  #hexUnit(): number {
    const digits = String.fromCharCode(...this.#bytes.subarray(this.#at + 1, this.#at + 5));
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.#fail('JSON has "\\u" without four hexadecimal digits');
    this.#at += 5;
    return Number.parseInt(digits, 16);
  }

  #number(): string {
    const from = this.#at;
    this.#take(0x2d);
    if (!this.#take(0x30)) this.#digits();
    if (this.#take(0x2e)) this.#digits();
    if (this.#take(0x65) || this.#take(0x45)) {
      if (!this.#take(0x2b)) this.#take(0x2d);
      this.#digits();
    }
    if (isDigit(this.#bytes[this.#at])) this.#fail("JSON has a number that starts with 0; only 0 itself may");
    return this.#decode(from, this.#at);
  }

  #digits(): void {
    if (!isDigit(this.#bytes[this.#at])) this.#fail(`JSON has ${this.#here()}; a digit must stand there`);
    while (isDigit(this.#bytes[this.#at])) this.#at++;
  }

  #skipSpace(): void {
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#at++;
    }
  }

  #take(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }

  #takeWord(word: string): boolean {
    for (let i = 0; i < word.length; i++) {
      if (this.#bytes[this.#at + i] !== word.charCodeAt(i)) return false;
    }
    this.#at += word.length;
    return true;
  }

  #here(): string {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) return "its end";
    return byte > 0x20 && byte < 0x7f
      ? `"${String.fromCharCode(byte)}"`
      : `the byte 0x${byte.toString(16).padStart(2, "0")}`;
  }

  #fail(reason: string): never {
    return this.#reader.fail(reason, this.#start + this.#at);
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
