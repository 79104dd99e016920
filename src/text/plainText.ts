// Text files from outside: bytes that must be UTF-8.
//
// Decides: a byte order mark is no part of the text; everything else stays as it is, line ends too; bytes that are not
// UTF-8 are an error that says where, and never U+FFFD unseen. Leaves to others: what the text is for.

import { formatError } from "../base/byteReader.ts";
import { firstNonUtf8 } from "./wtf8.ts";

const byteOrderMark = [0xef, 0xbb, 0xbf];

/** The text of a UTF-8 file. Throws FormatError, with the offset of the first byte that is not UTF-8. */
export function readPlainText(bytes: Uint8Array, options: { name?: string } = {}): string {
  const fault = firstNonUtf8(bytes);
  if (fault >= 0) throw formatError(options.name ?? "text file", faultAt(bytes, fault), fault);
  const hasMark = byteOrderMark.every((byte, i) => bytes[i] === byte);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(hasMark ? bytes.subarray(3) : bytes);
}

function faultAt(bytes: Uint8Array, offset: number): string {
  const [first, second] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (isUtf16) return "the text is UTF-16; it must be UTF-8";
  return `the byte 0x${bytes[offset].toString(16).padStart(2, "0")} is not UTF-8; the text must be`;
}
