// GPT-2's way to write bytes as text: a visible character for each of the 256, so that tokens can stand in files.
//
// Decides: bytes that are visible in Latin-1 are written as themselves; the others, in order, as U+0100 and on.
// Leaves to others: the files (gpt2Files.ts, tokenizerJson.ts).

import { range } from "../base/integers.ts";

const isVisible = (byte: number): boolean =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xff && byte !== 0xad); // 0xad: the soft hyphen

/** The character that stands for each byte. */
export const byteCharacters: readonly string[] = makeCharacters();

const bytesOfCharacters = new Map(byteCharacters.map((character, byte) => [character, byte]));

function makeCharacters(): string[] {
  let hidden = 0;
  return range(0, 256).map((byte) => String.fromCharCode(isVisible(byte) ? byte : 0x100 + hidden++));
}

/** How a token with these bytes is written. */
export function writeBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byteCharacters[byte]).join("");
}

/** The bytes of a token that is written `text`; undefined where it has another character. */
export function readBytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const byte = bytesOfCharacters.get(text[i]);
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}
