// Checked reads from bytes that came from outside: a model, a data set, a checkpoint.
//
// Decides: every read is compared with what is left before it touches memory, and every failure is a
// FormatError that says file, reason and offset. Leaves to the formats: what the bytes mean.

import { FormatError } from "./errors.ts";

const longestQuote = 80;

/** The FormatError of one file, worded as all readers word it: `<file>: <reason> (at byte <offset>).` */
export function formatError(file: string, reason: string, offsetBytes: number): FormatError {
  return new FormatError(`${file}: ${reason} (at byte ${offsetBytes}).`, offsetBytes);
}

/** A name or text from a file, made harmless and short for a message. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text);
}

/** A cursor over `bytes`. Values are little-endian where the name does not say otherwise. */
export class ByteReader {
  /** What messages call this file. */
  readonly file: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array, file: string) {
    this.file = file;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Where the next read starts, in bytes from the start of the file. */
  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** Throws the FormatError of this file; `offset` is the next read's where none is given. */
  fail(reason: string, offset: number = this.#offset): never {
    throw formatError(this.file, reason, offset);
  }

  /** Throws FormatError unless `sizeBytes` more bytes are there. `what` names them in the message. */
  requireRemaining(sizeBytes: number, what: string): void {
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0)
      this.fail(`${what} has the size ${sizeBytes}; it must be a whole number of bytes`);
    if (sizeBytes > this.remaining) {
      this.fail(`the file ends in ${what}, ${this.remaining} bytes are left; ${sizeBytes} are needed`);
    }
  }

  /** Throws FormatError unless everything was read. */
  requireEnd(): void {
    if (this.remaining > 0) this.fail(`${this.remaining} bytes follow the data; the file must end there`);
  }

  uint8(what: string): number {
    return this.#view.getUint8(this.#take(1, what));
  }

  uint16(what: string): number {
    return this.#view.getUint16(this.#take(2, what), true);
  }

  uint32(what: string): number {
    return this.#view.getUint32(this.#take(4, what), true);
  }

  uint32BigEndian(what: string): number {
    return this.#view.getUint32(this.#take(4, what), false);
  }

  /** An unsigned 64-bit integer; FormatError above 2^53 - 1, which no file reaches. */
  uint64(what: string): number {
    const start = this.#take(8, what);
    const value = this.#view.getUint32(start + 4, true) * 2 ** 32 + this.#view.getUint32(start, true);
    if (!Number.isSafeInteger(value))
      this.fail(`${what} is ${value}; at most ${Number.MAX_SAFE_INTEGER} is allowed`, start);
    return value;
  }

  /** A view of the next `sizeBytes` bytes; nothing is copied. */
  bytes(sizeBytes: number, what: string): Uint8Array {
    const start = this.#take(sizeBytes, what);
    return this.#bytes.subarray(start, start + sizeBytes);
  }

  #take(sizeBytes: number, what: string): number {
    this.requireRemaining(sizeBytes, what);
    const start = this.#offset;
    this.#offset += sizeBytes;
    return start;
  }
}
