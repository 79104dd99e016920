// Text as bytes and back, exact for every JavaScript string.
//
// Decides: UTF-8, and for half of a surrogate pair the three bytes that its number would have (WTF-8), where
// TextEncoder would put U+FFFD. Text that is well-formed has the very bytes of UTF-8.
// Leaves to others: what the bytes are for. Bytes that are no text become U+FFFD as browsers do it (WHATWG Encoding).

const replacement = 0xfffd;
const asciiRunLimit = 4096; // arguments of one call of String.fromCharCode

/** The bytes of `text`. Every string has its own, and `decodeWtf8` gives it back. */
export function encodeWtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let size = 0;
  for (let at = 0; at < text.length; at++) {
    const codePoint = text.codePointAt(at) ?? 0;
    if (codePoint < 0x80) {
      bytes[size++] = codePoint;
      continue;
    }
    if (codePoint > 0xffff) at++;
    size = putSequence(bytes, size, codePoint);
  }
  return bytes.slice(0, size);
}

function putSequence(bytes: Uint8Array, size: number, codePoint: number): number {
  const following = codePoint < 0x800 ? 1 : codePoint < 0x10000 ? 2 : 3;
  bytes[size++] = (0xf00 >> (following + 1)) | (codePoint >> (6 * following)); // 110…, 1110… or 11110…
  for (let i = following - 1; i >= 0; i--) bytes[size++] = 0x80 | ((codePoint >> (6 * i)) & 0x3f);
  return size;
}

/** The text of `bytes`; what is no text becomes U+FFFD. */
export function decodeWtf8(bytes: Uint8Array): string {
  const decoder = new Wtf8Decoder();
  return decoder.push(bytes) + decoder.flush();
}

/** Where the first byte stands that belongs to no well-formed UTF-8 sequence, or -1. Half a surrogate pair is none. */
export function firstNonUtf8(bytes: Uint8Array): number {
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] < 0x80) {
      at++;
      continue;
    }
    const { state, codePoint, length } = sequenceAt(bytes, at);
    if (state !== "whole" || (codePoint >= 0xd800 && codePoint <= 0xdfff)) return at;
    at += length;
  }
  return -1;
}

/** Bytes as they can be shown: those that are no character stand as `<0xE2>`. */
export function showBytes(bytes: Uint8Array): string {
  let shown = "";
  for (let at = 0; at < bytes.length; ) {
    const { state, codePoint, length } = sequenceAt(bytes, at);
    if (state === "whole") shown += String.fromCodePoint(codePoint);
    else for (const byte of bytes.subarray(at, at + length)) shown += `<0x${hex(byte)}>`;
    at += length;
  }
  return shown;
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, "0");
}

/** Bytes in, text out; what the end of the bytes cuts in two waits for the rest. */
export class Wtf8Decoder {
  #waiting = new Uint8Array(0);

  /** The text that is complete with these bytes. */
  push(bytes: Uint8Array): string {
    const all = this.#waiting.length === 0 ? bytes : joined(this.#waiting, bytes);
    let text = "";
    let at = 0;
    while (at < all.length) {
      if (all[at] < 0x80) {
        const end = asciiEnd(all, at);
        text += String.fromCharCode(...all.subarray(at, end));
        at = end;
        continue;
      }
      const { state, codePoint, length } = sequenceAt(all, at);
      if (state === "cut") break;
      text += String.fromCodePoint(codePoint);
      at += length;
    }
    this.#waiting = all.slice(at);
    return text;
  }

  /** What still waits, as U+FFFD; "" where nothing does. */
  flush(): string {
    const isCut = this.#waiting.length > 0;
    this.#waiting = new Uint8Array(0);
    return isCut ? String.fromCodePoint(replacement) : "";
  }
}

interface Sequence {
  /** "cut": so far right, but the bytes end in it. "broken": `length` bytes stand for one U+FFFD. */
  readonly state: "whole" | "cut" | "broken";
  readonly codePoint: number;
  readonly length: number;
}

function sequenceAt(bytes: Uint8Array, at: number): Sequence {
  const lead = bytes[at];
  const size = sequenceSize(lead);
  if (size === 0) return { state: "broken", codePoint: replacement, length: 1 };
  let codePoint = size === 1 ? lead : lead & (0x7f >> size);
  for (let i = 1; i < size; i++) {
    if (at + i >= bytes.length) return { state: "cut", codePoint: replacement, length: i };
    const byte = bytes[at + i];
    if (!isFollowing(byte, i, lead)) return { state: "broken", codePoint: replacement, length: i };
    codePoint = (codePoint << 6) | (byte & 0x3f);
  }
  return { state: "whole", codePoint, length: size };
}

/** Bytes of the sequence that starts with `lead`; 0 where none does. */
function sequenceSize(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

/** The second byte has tighter bounds after three leads: no longer form than needed, nothing above U+10FFFF. */
function isFollowing(byte: number, index: number, lead: number): boolean {
  const isSecond = index === 1;
  const lowest = isSecond && lead === 0xe0 ? 0xa0 : isSecond && lead === 0xf0 ? 0x90 : 0x80;
  const highest = isSecond && lead === 0xf4 ? 0x8f : 0xbf;
  return byte >= lowest && byte <= highest;
}

function asciiEnd(bytes: Uint8Array, at: number): number {
  const limit = Math.min(bytes.length, at + asciiRunLimit);
  while (at < limit && bytes[at] < 0x80) at++;
  return at;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
