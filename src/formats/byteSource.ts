// Where the bytes of a file come from, read from its start to its end once, in pieces of the caller's choice.
//
// Decides: memory grows with what has come, not with what a header promises; an abort ends even a read that hangs; a
// source that is left early is cancelled. What a source itself fails with is passed on as it is.
// Leaves to the formats: what the bytes mean.

import { formatError } from "../base/byteReader.ts";
import { UsageError } from "../base/errors.ts";

/** What a file can be read from. A stream and a Response are used up by it. */
export type ByteSource = Blob | ArrayBuffer | Uint8Array | ReadableStream<Uint8Array> | Response;

/** How a source is read. */
export interface SourceOptions {
  /** What messages call the file. Default: the name of a File, the end of a Response's address. */
  readonly name?: string | undefined;
  /** Ends the reading; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A file that is being read. */
export interface SourceReader {
  /** What messages call the file. */
  readonly file: string;
  /** The size of the whole file, where it can be trusted before the end. */
  readonly sizeBytes: number | undefined;
  /** The next `sizeBytes` bytes: fewer where the file ends before. They may be a view of the source. */
  take(sizeBytes: number): Promise<Uint8Array>;
  /** Whether bytes are left. */
  hasMore(): Promise<boolean>;
  /** Cancels what was not read. To be called in any case. */
  close(): void;
}

/** Is shown each piece that is taken, in order. */
export type ObservePiece = (piece: Uint8Array) => void;

const defaultName = "safetensors file";
const pieceBytes = 2 ** 23; // hashed in some 50 ms
const firstCapacityBytes = 2 ** 24;

/** Starts to read `source`. Throws UsageError where it is no source, was used before, or is a Response that failed. */
export function openSource(
  source: ByteSource,
  { name, signal }: SourceOptions = {},
  observe: ObservePiece = () => {},
): SourceReader {
  const file = name ?? nameOf(source);
  if (source instanceof Uint8Array) return new MemoryReader(file, source, observe, signal);
  if (source instanceof ArrayBuffer) {
    return new MemoryReader(file, new Uint8Array(source), observe, signal);
  }
  if (source instanceof Blob) {
    return new StreamReader(file, source.stream(), source.size, observe, signal);
  }
  // The Content-Length of a Response counts compressed bytes, and of a foreign origin one cannot tell that it does.
  if (source instanceof Response) {
    return new StreamReader(file, bodyOf(file, source), undefined, observe, signal);
  }
  if (source instanceof ReadableStream) {
    return new StreamReader(file, source, undefined, observe, signal);
  }
  throw new UsageError(
    `${file}: the source is ${source === null ? "null" : `of type ${typeof source}`}; ` +
      "it must be a Blob, ArrayBuffer, Uint8Array, ReadableStream or Response.",
  );
}

/** Zeros for `what`. Throws FormatError where so much memory cannot be had. */
export function allocateBytes(file: string, sizeBytes: number, what: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(sizeBytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw formatError(file, `${what} needs ${sizeBytes} bytes of memory; so much cannot be had here`, 0);
  }
}

function nameOf(source: ByteSource): string {
  // Not the whole address: what follows the path may be a secret, and messages end up in logs.
  if (source instanceof Response) return /([^/?#]+)(?:[?#].*)?$/.exec(source.url)?.[1] ?? defaultName;
  return source instanceof Blob && "name" in source ? String(source.name) : defaultName;
}

function bodyOf(file: string, response: Response): ReadableStream<Uint8Array> {
  if (!response.ok) {
    const status = `${response.status} ${response.statusText}`.trim();
    throw new UsageError(`${file}: the response has the status ${status}; it must be a success.`);
  }
  if (response.bodyUsed) throw usedBefore(file);
  return response.body ?? new Blob([]).stream();
}

function usedBefore(file: string): UsageError {
  return new UsageError(`${file}: the source was read before; each needs a source of its own.`);
}

class MemoryReader implements SourceReader {
  readonly file: string;
  readonly sizeBytes: number;
  readonly #bytes: Uint8Array;
  readonly #observe: ObservePiece;
  readonly #signal: AbortSignal | undefined;
  #offset = 0;

  constructor(file: string, bytes: Uint8Array, observe: ObservePiece, signal: AbortSignal | undefined) {
    this.file = file;
    this.sizeBytes = bytes.length;
    this.#bytes = bytes;
    this.#observe = observe;
    this.#signal = signal;
  }

  async take(sizeBytes: number): Promise<Uint8Array> {
    const start = this.#offset;
    const end = Math.min(start + sizeBytes, this.#bytes.length);
    for (;;) {
      this.#signal?.throwIfAborted();
      const next = Math.min(this.#offset + pieceBytes, end);
      if (next > this.#offset) this.#observe(this.#bytes.subarray(this.#offset, next));
      this.#offset = next;
      if (next === end) return this.#bytes.subarray(start, end);
      await nextTask();
    }
  }

  async hasMore(): Promise<boolean> {
    return this.#offset < this.#bytes.length;
  }

  close(): void {}
}

/** Lets clicks, frames and aborts through. Timers would do so too, but crawl in a hidden tab. */
function nextTask(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

const empty = new Uint8Array(0);

class StreamReader implements SourceReader {
  readonly file: string;
  readonly sizeBytes: number | undefined;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #observe: ObservePiece;
  readonly #signal: AbortSignal | undefined;
  /** What has come and was not taken. */
  #rest: Uint8Array = empty;
  #isDone = false;

  constructor(
    file: string,
    stream: ReadableStream<Uint8Array>,
    sizeBytes: number | undefined,
    observe: ObservePiece,
    signal: AbortSignal | undefined,
  ) {
    if (stream.locked) throw usedBefore(file);
    this.file = file;
    this.sizeBytes = sizeBytes;
    this.#reader = stream.getReader();
    this.#observe = observe;
    this.#signal = signal;
    signal?.addEventListener("abort", this.#cancel);
  }

  async take(sizeBytes: number): Promise<Uint8Array> {
    const believable = Math.min(sizeBytes, this.sizeBytes ?? firstCapacityBytes);
    let bytes = allocateBytes(this.file, believable, "a piece");
    let filled = 0;
    while (filled < sizeBytes && (await this.hasMore())) {
      if (filled === bytes.length) bytes = this.#grown(bytes, sizeBytes);
      const piece = this.#rest.subarray(0, bytes.length - filled);
      this.#rest = this.#rest.subarray(piece.length);
      this.#observe(piece);
      bytes.set(piece, filled);
      filled += piece.length;
    }
    this.#signal?.throwIfAborted();
    return bytes.subarray(0, filled);
  }

  async hasMore(): Promise<boolean> {
    while (this.#rest.length === 0 && !this.#isDone) {
      this.#signal?.throwIfAborted();
      const { done, value } = await this.#reader.read();
      this.#signal?.throwIfAborted();
      if (done) this.#isDone = true;
      else this.#rest = requireBytes(this.file, value);
    }
    return this.#rest.length > 0;
  }

  close(): void {
    this.#signal?.removeEventListener("abort", this.#cancel);
    if (!this.#isDone) this.#cancel();
  }

  #grown(bytes: Uint8Array, sizeBytes: number): Uint8Array<ArrayBuffer> {
    const capacity = Math.max(2 * bytes.length, firstCapacityBytes);
    const grown = allocateBytes(this.file, Math.min(capacity, sizeBytes), "a piece");
    grown.set(bytes);
    return grown;
  }

  /** A read that waits ends at once. What the stream says to its end no longer matters, nor how long it takes. */
  readonly #cancel = (): void => {
    this.#reader.cancel(this.#signal?.reason).catch(() => {});
  };
}

function requireBytes(file: string, piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece;
  throw new UsageError(`${file}: the stream gave a piece of type ${typeof piece}; it must give Uint8Array.`);
}
