// gzip and zlib through the platform's own streams, which browsers, workers and Node all have.
//
// Decides: inflating stops as soon as the output passes the caller's limit, so a small file cannot
// fill memory. Leaves to the formats: what that limit is.

import { formatError } from "../base/byteReader.ts";

// Small enough that one chunk of the worst ratio (about 1032 : 1) stays at some megabytes.
const inputChunkBytes = 4096;
const firstCapacityBytes = 1 << 16;
const minimumGzipBytes = 18; // a header of 10, a trailer of 8

/** Whether `bytes` start with the gzip magic. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** How much output is allowed, told from the output so far; undefined while that is too little to know. */
export type InflatedLimit = (outputSoFar: Uint8Array) => number | undefined;

/**
 * The contents of one gzip file. `limitBytes` is asked after each piece of output until it answers; what
 * comes beyond its answer ends the work with FormatError, as do damaged, truncated and over-long files.
 */
export async function gunzip(
  bytes: Uint8Array,
  file: string,
  limitBytes: InflatedLimit,
): Promise<Uint8Array> {
  if (bytes.length < minimumGzipBytes) {
    throw formatError(
      file,
      `a gzip file of ${bytes.length} bytes; at least ${minimumGzipBytes} are needed`,
      bytes.length,
    );
  }
  const output = await inflate(bytes, file, limitBytes);
  // Invariant: the platforms differ on bytes after the end; the stored size settles it for all of them alike.
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4);
  const storedSize = trailer.getUint32(0, true);
  if (storedSize !== output.length % 2 ** 32) {
    const sizes = `gzip stores the size ${storedSize} at its end, the contents have ${output.length} bytes`;
    throw formatError(file, `${sizes}; they must agree`, bytes.length - 4);
  }
  return output;
}

/** `bytes` as a zlib stream (RFC 1950), as PNG has them inside. */
export async function deflateZlib(bytes: Uint8Array): Promise<Uint8Array> {
  const output = new GrowingBytes();
  await pump(bytes, new CompressionStream("deflate"), (chunk) => output.append(chunk));
  return output.bytes();
}

async function inflate(bytes: Uint8Array, file: string, limitBytes: InflatedLimit): Promise<Uint8Array> {
  const output = new GrowingBytes();
  let limit: number | undefined;
  let stopped: Error | undefined;
  const accept = (chunk: Uint8Array): void => {
    try {
      output.append(chunk);
      limit ??= limitBytes(output.bytes());
      if (limit !== undefined && output.length > limit) {
        throw formatError(
          file,
          `gzip inflates to more than the ${limit} bytes that the header allows`,
          limit,
        );
      }
    } catch (error) {
      stopped = error instanceof Error ? error : new Error(String(error));
      throw stopped;
    }
  };
  try {
    await pump(bytes, new DecompressionStream("gzip"), accept);
  } catch (error) {
    if (stopped !== undefined) throw stopped;
    throw formatError(
      file,
      `gzip data is damaged or cut short after ${output.length} bytes of contents (${reasonOf(error)})`,
      0,
    );
  }
  return output.bytes();
}

function reasonOf(error: unknown): string {
  return error instanceof Error && error.message !== "" ? error.message : "the platform gives no reason";
}

/** Sends `bytes` through `stream` and each piece of output to `accept`, which may throw to stop. */
async function pump(
  bytes: Uint8Array,
  stream: GenericTransformStream,
  accept: (chunk: Uint8Array) => void,
): Promise<void> {
  const writer: WritableStreamDefaultWriter<Uint8Array> = stream.writable.getWriter();
  const reader: ReadableStreamDefaultReader<Uint8Array> = stream.readable.getReader();
  // Both ends fail when one does. The reader's error is the one reported; the writer's is taken note of here,
  // so that it never counts as unhandled.
  const writing = feed(bytes, writer).catch((error: unknown) => error);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      accept(value);
    }
  } catch (error) {
    await Promise.allSettled([reader.cancel(error), writer.abort(error)]);
    throw error;
  }
  const writeError = await writing;
  if (writeError !== undefined) throw writeError;
}

async function feed(bytes: Uint8Array, writer: WritableStreamDefaultWriter<Uint8Array>): Promise<void> {
  for (let start = 0; start < bytes.length; start += inputChunkBytes) {
    await writer.ready;
    await writer.write(bytes.slice(start, start + inputChunkBytes));
  }
  await writer.close();
}

/** Bytes that arrive in pieces, in one buffer that doubles. */
class GrowingBytes {
  #buffer = new Uint8Array(firstCapacityBytes);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
      grown.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = grown;
    }
    this.#buffer.set(chunk, this.#length);
    this.#length = needed;
  }

  /** A view of what has arrived; the next append may leave it behind. */
  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }
}
